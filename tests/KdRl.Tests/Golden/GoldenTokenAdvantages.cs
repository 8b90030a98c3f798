using KdRl.Distillation;
using KdRl.Objectives;
using static TorchSharp.torch;

namespace KdRl.Tests.Golden;

/// <summary>Advantages that are whitened over the tokens of the batch.</summary>
internal static class GoldenTokenAdvantages
{
    public static IEnumerable<KeyValuePair<string, Func<GoldenRecord, GoldenResult>>> Adapters =>
    [
        new("verl/advantage_reinforce_plus_plus_baseline", Baseline),
        new("verl/advantage_reinforce_plus_plus", ReturnToGo),
        new("verl/advantage_gdpo", Gdpo),
    ];

    private static GoldenResult Baseline(GoldenRecord r)
    {
        var (groups, mask) = (r.Integers("index"), r.Flags("response_mask"));
        var scores = r.Floats("token_level_rewards").sum(1);
        var lone = GoldenAdvantages.Lone(groups);
        // verl leaves the raw score to a response that is alone in its group; whitening carries that into all other rows.
        var centred = GroupAdvantage.Compute(scores, groups, new AdvantageOptions { Scale = AdvantageScale.None });
        return GoldenResult.Of("advantages", Whitened(where(lone, scores, centred), mask, r.Number("whiten_eps", 1e-8)));
    }

    /// <summary>Our whitening, with verl's mean and variance, which divide by n + 1e-8 where ours divide by n; that shows at the tolerance of the records.</summary>
    private static Tensor Whitened(Tensor advantages, Tensor mask, double epsilon = 1e-8)
    {
        var values = (advantages.dim() == 1 ? advantages.unsqueeze(1).expand(mask.shape) : advantages).masked_select(mask);
        var (n, mean, variance) = (values.numel(), values.mean(), values.var());
        var (theirMean, theirVariance) = (mean * n / (n + 1e-8), variance * n / (n + 1e-8));
        var scale = ((variance + epsilon) / (theirVariance + epsilon)).sqrt();
        return (AdvantageWhitening.Whiten(advantages, mask, epsilon) * scale + (mean - theirMean) * (theirVariance + epsilon).rsqrt()) * mask;
    }

    private static GoldenResult ReturnToGo(GoldenRecord r)
    {
        var mask = r.Flags("response_mask");
        var returns = TeacherReward.DiscountedFutureSum(r.Floats("token_level_rewards"), mask, r.Number("gamma"));
        return GoldenResult.Of("advantages", Whitened(returns, mask));
    }

    private static GoldenResult Gdpo(GoldenRecord r)
    {
        var (groups, mask) = (r.Integers("index"), r.Flags("response_mask"));
        var options = new AdvantageOptions
        {
            Scale = r.Flag("norm_adv_by_std_in_grpo", true) ? AdvantageScale.GroupStd : AdvantageScale.None,
            Epsilon = r.Number("epsilon", 1e-6),
        };
        var lone = GoldenAdvantages.Lone(groups);
        Tensor Normalised(Tensor rewards) => where(lone, options.Scale == AdvantageScale.None ? rewards : rewards / (1 + options.Epsilon), GroupAdvantage.Compute(rewards, groups, options));
        if (!r.Set("gdpo_reward_keys"))
            return GoldenResult.Of("advantages", Whitened(Normalised(r.Floats("token_level_rewards").sum(1)), mask));
        var keys = r.Options.GetProperty("gdpo_reward_keys").EnumerateArray().Select(k => k.GetString()!).ToArray();
        var weights = r.Set("gdpo_reward_weights") ? r.Options.GetProperty("gdpo_reward_weights").EnumerateArray().Select(w => w.GetDouble()).ToArray() : [.. keys.Select(_ => 1.0)];
        var components = r.Inputs.GetProperty("reward_components");
        var sum = keys.Zip(weights, (key, w) => Normalised(GoldenRecord.ToTensor(components.GetProperty(key))) * w).Aggregate((a, b) => a + b);
        return GoldenResult.Of("advantages", Whitened(sum.to(r.Type), mask));
    }
}
