using System.Globalization;
using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>Values a verdict by <see cref="TargetLength.Exact"/> or <see cref="TargetLength.Max"/>, the target named by the prompt.</summary>
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

    private protected override double? Shape(RewardRequest request, int length, bool correct) =>
        Target(request) is not { } target ? null
        : options.TargetIsBudget ? TargetLength.Max(length, target, correct, options.Alpha, options.Delta ?? TargetLengthOptions.DefaultDelta)
        : TargetLength.Exact(length, target, correct, options.Alpha);

    private int? Target(RewardRequest request) =>
        !request.Prompt.Metadata.TryGetValue(options.MetadataKey, out var text) ? options.Target
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var target) ? target
        : null;
}
