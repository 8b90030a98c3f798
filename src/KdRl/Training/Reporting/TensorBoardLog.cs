using static TorchSharp.torch.utils;

namespace KdRl.Training;

/// <summary>Writes the numbers of each step as TensorBoard events. A new run replaces the events of an earlier one; a resumed run adds to them.</summary>
internal sealed class TensorBoardLog
{
    private readonly TorchSharp.Modules.SummaryWriter writer;

    public TensorBoardLog(string folder, bool isNew)
    {
        if (isNew && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        writer = tensorboard.SummaryWriter(folder, createRunName: false);
    }

    public void Write(long step, IReadOnlyDictionary<string, double> metrics)
    {
        foreach (var (name, value) in metrics) writer.add_scalar(name, (float)value, checked((int)step));
    }
}
