using System.Globalization;
using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>Values a verdict by <see cref="TargetLength.Exact"/> or <see cref="TargetLength.Max"/>, the target named by the prompt.</summary>
/// <remarks>A prompt that names no target is <see cref="RewardStatus.NotApplicable"/>; one whose target is no whole number is <see cref="RewardStatus.Failed"/>.</remarks>
public sealed class TargetLengthReward : LengthShapedReward
{
    private readonly TargetLengthOptions options;

    /// <summary>Shapes a verifier's verdict.</summary>
    /// <param name="verifier">Says whether the answer is right.</param>
    /// <param name="options">Price and target; null: the defaults.</param>
    /// <exception cref="OptionsValidationException">An option is out of range or has no effect.</exception>
    public TargetLengthReward(IReward verifier, TargetLengthOptions? options = null)
        : base(verifier)
    {
        this.options = options ?? new TargetLengthOptions();
        string[] rules = this.options is { Delta: not null, TargetIsBudget: false } ? ["Delta has no effect without TargetIsBudget; leave it out."] : [];
        RuleOptions.ThrowIfInvalid(new TargetLengthOptionsRanges(), this.options, rules);
    }

    /// <inheritdoc/>
    public override string Name => "target_length";

    private protected override RewardOutcome Shape(RewardRequest request, int length, bool correct)
    {
        if (!request.Prompt.Metadata.TryGetValue(options.MetadataKey, out var text))
            return options.Target is { } same ? Score(length, same, correct) : RewardOutcome.Unscored(RewardStatus.NotApplicable, $"Prompt '{request.Prompt.Id}' has no '{options.MetadataKey}' in its metadata.");
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var target)
            ? Score(length, target, correct)
            : RewardOutcome.Unscored(RewardStatus.Failed, $"Prompt '{request.Prompt.Id}' has the {options.MetadataKey} '{text}'; expected a whole number of tokens.");
    }

    private RewardOutcome Score(int length, int target, bool correct) => RewardOutcome.Scored(options.TargetIsBudget
        ? TargetLength.Max(length, target, correct, options.Alpha, options.Delta ?? TargetLengthOptions.DefaultDelta)
        : TargetLength.Exact(length, target, correct, options.Alpha));
}
