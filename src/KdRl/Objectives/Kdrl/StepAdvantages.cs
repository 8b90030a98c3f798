using KdRl.Rewards;
using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Objectives;

/// <summary>Advantages of a step and the tokens they train.</summary>
internal sealed class StepAdvantages
{
    private StepAdvantages(Tensor values, Tensor policyMask) => (Values, PolicyMask) = (values, policyMask);

    /// <summary><c>[B,T]</c>, 0 where ignored and on rows without a score.</summary>
    public Tensor Values { get; }

    /// <summary>Tokens of rows with a score (and, if asked for, an advantage other than 0).</summary>
    public Tensor PolicyMask { get; }

    /// <summary>Advantages of a step; shaping <c>[B]</c>, if any, is added to the rewards.</summary>
    public static StepAdvantages Of(
        KdrlOptions options, TrainingBatch batch, Tensor mask, Tensor ignored, Tensor groups, Tensor? shaping, Dictionary<string, double> metrics)
    {
        var (values, scored) = batch.Advantages is { } ready
            ? Ready(ready, mask, ignored)
            : FromRewards(options, batch, mask, ignored, groups, shaping, metrics);
        var kept = scored;
        if (options.ZeroAdvantageMask) kept = kept.logical_and(values.ne(Scalars.Zero).any(1));
        var unscored = mask.shape[0] - scored.sum().item<long>();
        metrics["advantages/unscored_rows"] = unscored;
        return new StepAdvantages(values, unscored == 0 && !options.ZeroAdvantageMask ? mask : mask.logical_and(kept.unsqueeze(1)));
    }

    /// <summary>Mean advantage of each row, <c>[B]</c>.</summary>
    public Tensor Rows(Tensor mask) => Values.sum(1).div(mask.sum(1).clamp_min(Scalars.One));

    private static (Tensor Values, Tensor Scored) Ready(Tensor ready, Tensor mask, Tensor ignored)
    {
        var values = TensorGuard.Tokens(ready.detach(), ignored, nameof(TrainingBatch.Advantages));
        var scored = values.isnan().any(1).logical_not();
        return (values.masked_fill(scored.logical_not().unsqueeze(1), Scalars.Zero), scored);
    }

    private static (Tensor Values, Tensor Scored) FromRewards(
        KdrlOptions options, TrainingBatch batch, Tensor mask, Tensor ignored, Tensor groups, Tensor? shaping, Dictionary<string, double> metrics)
    {
        var result = batch.RewardComponents is { } components
            ? GroupAdvantage.AnalyzeMulti(Components(components, shaping, options), groups, options.Advantage, options.RewardWeights)
            : Single(options, batch, mask, groups, shaping);
        metrics["frac_reward_zero_std"] = result.DeadGroups / (double)result.Groups;
        return (TensorGuard.Tokens(result.Advantages, ignored), result.Scored);
    }

    private static AdvantageResult Single(KdrlOptions options, TrainingBatch batch, Tensor mask, Tensor groups, Tensor? shaping)
    {
        var rewards = batch.Rewards ?? throw TensorGuard.Missing(nameof(batch.Rewards), "float [B]: for distillation alone set UseRewards to false");
        if (options.RewardWeights is not null)
            throw new ArgumentException("RewardWeights is set, but the batch has a single reward; expected RewardComponents [B,K].", nameof(batch));
        TensorGuard.Rows(rewards, mask.shape[0], nameof(batch.Rewards));
        if (options.SoftOverlong is { } overlong) rewards = rewards.add(SoftOverlong.Penalty(mask.sum(1), overlong).to(rewards.dtype), Scalars.One);
        var lengths = options.Advantage.Baseline == AdvantageBaseline.LengthWeightedMean ? mask.sum(1) : null;
        return GroupAdvantage.Analyze(shaping is null ? rewards : rewards.add(shaping.to(rewards.dtype), Scalars.One), groups, options.Advantage, lengths);
    }

    private static Tensor Components(Tensor components, Tensor? shaping, KdrlOptions options) => shaping is null && options.SoftOverlong is null
        ? components
        : throw new ArgumentException("RewardComponents cannot be shaped by the teacher or the length: expected a single reward, Rewards [B].", nameof(components));
}
