using KdRl.Transformers.Models;
using static TorchSharp.torch;

namespace KdRl.Transformers.Generation.Cpu;

/// <summary>The weights of one decoder layer, divided among lanes.</summary>
internal sealed class CpuLayer : IDisposable
{
    /// <param name="layer">The layer; its feed-forward block is a plain one.</param>
    /// <param name="lanes">Number of lanes.</param>
    /// <param name="rows">Rows of a step to be expected.</param>
    public CpuLayer(DecoderLayer layer, int lanes, int rows)
    {
        var mlp = (FeedForward)layer.Mlp;
        (Slides, Intermediate) = (layer.Slides, (int)mlp.Down.Weight.shape[1]);
        QueryKeyValue = LaneLinear.Divided(layer.QueryKeyValue.Weight, layer.QueryKeyValue.Bias, lanes, rows);
        Output = LaneLinear.Divided(layer.Output.Weight, layer.Output.Bias, lanes, rows);
        GateUp = LaneLinear.Stacked(mlp.GateUp.Weight, mlp.GateUp.Bias, 2, lanes, rows);
        Down = LaneLinear.Divided(mlp.Down.Weight, mlp.Down.Bias, lanes, rows);
        (QueryNorm, KeyNorm) = (Gains(layer.QueryNorm), Gains(layer.KeyNorm));
        (BeforeAttention, AfterAttention) = (Gains(layer.AttentionBranch.Before)!, Gains(layer.AttentionBranch.After));
        (BeforeMlp, AfterMlp) = (Gains(layer.MlpBranch.Before)!, Gains(layer.MlpBranch.After));
    }

    public bool Slides { get; }
    public int Intermediate { get; }
    public LaneLinear QueryKeyValue { get; }
    public LaneLinear Output { get; }
    public LaneLinear GateUp { get; }
    public LaneLinear Down { get; }
    public float[]? QueryNorm { get; }
    public float[]? KeyNorm { get; }
    public float[] BeforeAttention { get; }
    public float[]? AfterAttention { get; }
    public float[] BeforeMlp { get; }
    public float[]? AfterMlp { get; }

    /// <summary>The weights of a norm; null when there is none.</summary>
    public static float[]? Gains(RmsNorm? norm)
    {
        using var scope = NewDisposeScope();
        return norm?.Weight.detach().to(ScalarType.Float32).data<float>().ToArray();
    }

    public void Dispose()
    {
        foreach (var linear in new[] { QueryKeyValue, Output, GateUp, Down }) linear.Dispose();
    }
}
