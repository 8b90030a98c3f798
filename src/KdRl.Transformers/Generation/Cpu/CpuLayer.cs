using KdRl.Transformers.Models;

namespace KdRl.Transformers.Generation.Cpu;

/// <summary>The weights of one decoder layer, divided among lanes.</summary>
/// <typeparam name="T">A number of the model in memory.</typeparam>
/// <typeparam name="F">Its format.</typeparam>
internal sealed class CpuLayer<T, F> : IDisposable where T : unmanaged where F : INumberFormat<T>
{
    /// <param name="layer">The layer; its feed-forward block is a plain one.</param>
    /// <param name="crew">The lanes.</param>
    /// <param name="rows">Rows of a step to be expected.</param>
    /// <param name="inPlace">Whether products may be those of <see cref="DotProducts"/> where there are any.</param>
    public CpuLayer(DecoderLayer layer, LaneCrew crew, int rows, bool inPlace)
    {
        var mlp = (FeedForward)layer.Mlp;
        (Slides, Intermediate) = (layer.Slides, (int)mlp.Down.Weight.shape[1]);
        QueryKeyValue = new(layer.QueryKeyValue.Weight, layer.QueryKeyValue.Bias, crew, rows, inPlace);
        Output = new(layer.Output.Weight, layer.Output.Bias, crew, rows, inPlace);
        GateUp = new(mlp.GateUp.Weight, mlp.GateUp.Bias, crew, rows, inPlace, parts: 2);
        Down = new(mlp.Down.Weight, mlp.Down.Bias, crew, rows, inPlace);
        (QueryNorm, KeyNorm) = (Gains(layer.QueryNorm), Gains(layer.KeyNorm));
        (BeforeAttention, AfterAttention) = (Gains(layer.AttentionBranch.Before)!, Gains(layer.AttentionBranch.After));
        (BeforeMlp, AfterMlp) = (Gains(layer.MlpBranch.Before)!, Gains(layer.MlpBranch.After));
    }

    public bool Slides { get; }
    public int Intermediate { get; }
    public LaneLinear<T, F> QueryKeyValue { get; }
    public LaneLinear<T, F> Output { get; }
    public LaneLinear<T, F> GateUp { get; }
    public LaneLinear<T, F> Down { get; }
    public float[]? QueryNorm { get; }
    public float[]? KeyNorm { get; }
    public float[] BeforeAttention { get; }
    public float[]? AfterAttention { get; }
    public float[] BeforeMlp { get; }
    public float[]? AfterMlp { get; }

    /// <summary>The weights of a norm; null when there is none.</summary>
    public static float[]? Gains(RmsNorm? norm) => norm?.Weight.ToNumbers<float>();

    public void Dispose()
    {
        foreach (var linear in new[] { QueryKeyValue, Output, GateUp, Down }) linear.Dispose();
    }
}
