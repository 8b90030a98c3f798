using static TorchSharp.torch.utils;

namespace KdRl.Training;

/// <summary>Writes the numbers of each step as TensorBoard events.</summary>
internal sealed class TensorBoardLog(string folder)
{
    private readonly TorchSharp.Modules.SummaryWriter writer = tensorboard.SummaryWriter(folder, createRunName: false);

    public void Write(long step, IReadOnlyDictionary<string, double> metrics)
    {
        foreach (var (name, value) in metrics) writer.add_scalar(name, (float)value, checked((int)step));
    }
}
