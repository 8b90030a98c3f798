using System.Text.Json;
using KdRl.Objectives;
using static TorchSharp.torch;

namespace KdRl.Tests.Golden;

/// <summary>verl's aggregation modes with their global counts, as our modes.</summary>
/// <param name="Mode">The formula.</param>
/// <param name="Ranks">verl multiplies by the number of ranks, whose gradients it averages.</param>
/// <param name="Tokens">Global tokens; null: those of the mask.</param>
/// <param name="Sequences">Global sequences; null: those of the mask.</param>
/// <param name="Constant">Divisor of the -norm mode; null: the width of the mask.</param>
internal sealed record VerlAggregation(LossAggregation Mode, double Ranks, double? Tokens, double? Sequences, double? Constant)
{
    public static VerlAggregation Of(GoldenRecord r, string? mode = null)
    {
        var counts = r.Set("global_batch_info") ? r.Options.GetProperty("global_batch_info") : r.Options;
        double? Count(string name) => counts.TryGetProperty(name, out var v) && v.ValueKind == JsonValueKind.Number ? v.GetDouble() : null;
        return new VerlAggregation(
            (mode ?? r.Text("loss_agg_mode")) switch
            {
                "token-mean" => LossAggregation.TokenMean,
                "token-sum" => LossAggregation.TokenSum,
                "seq-mean-token-sum" => LossAggregation.SequenceMeanOfTokenSums,
                "seq-mean-token-mean" => LossAggregation.SequenceMeanOfTokenMeans,
                "seq-mean-token-sum-norm" => LossAggregation.SequenceSumOverConstant,
                var other => throw new InvalidDataException($"unknown loss_agg_mode {other}"),
            },
            Count("dp_size") ?? 1, Count("batch_num_tokens"), Count("global_batch_size"), r.NumberOrNull("loss_scale_factor") ?? Count("loss_scale_factor"));
    }

    public Tensor Aggregate(Tensor perToken, Tensor mask)
    {
        var local = LossDenominator.Of(mask);
        var counts = new LossDenominator(Tokens ?? local.Tokens, Sequences ?? local.Sequences, Constant ?? mask.shape[1]);
        var weighted = Mode == LossAggregation.SequenceMeanOfTokenMeans ? perToken * RowFactors(mask).unsqueeze(1) : perToken;
        return LossAggregation.Aggregate(weighted, mask, Mode, counts) * Ranks;
    }

    /// <summary>verl divides a row by n + 1e-8, we by n: n / (n + 1e-8) of each row, which shows at the tolerance of the records.</summary>
    public static Tensor RowFactors(Tensor mask)
    {
        var tokens = mask.sum(1).to(ScalarType.Float64);
        return tokens / (tokens + 1e-8);
    }

    /// <summary>What an aggregate over the local counts has to be multiplied by to become verl's.</summary>
    public double Factor(Tensor mask)
    {
        var local = LossDenominator.Of(mask);
        return Ranks * Mode switch
        {
            LossAggregation.TokenMean => local.Tokens / (Tokens ?? local.Tokens),
            LossAggregation.TokenSum => 1,
            _ => local.Sequences / (Sequences ?? local.Sequences),
        };
    }
}
