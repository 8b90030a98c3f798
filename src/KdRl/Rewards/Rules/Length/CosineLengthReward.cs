using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>Values a verdict by <see cref="CosineLength.Score"/>.</summary>
public sealed class CosineLengthReward : LengthShapedReward
{
    private readonly CosineLengthOptions options;

    /// <summary>Shapes a verifier's verdict.</summary>
    /// <param name="verifier">Says whether the answer is right.</param>
    /// <param name="options">The ends of the curve and the length limit.</param>
    /// <exception cref="OptionsValidationException">The limit is not set, an end is not finite, or a wrong answer could earn as much as a right one.</exception>
    public CosineLengthReward(IReward verifier, CosineLengthOptions options)
        : base(verifier)
    {
        ArgumentNullException.ThrowIfNull(options);
        RuleOptions.ThrowIfInvalid(new CosineLengthOptionsRanges(), options, Rules(options));
        this.options = options;
    }

    /// <inheritdoc/>
    public override string Name => "cosine_length";

    private protected override RewardOutcome Shape(RewardRequest request, int length, bool correct) => RewardOutcome.Scored(CosineLength.Score(length, correct, options));

    private static IEnumerable<string> Rules(CosineLengthOptions o)
    {
        double[] ends = [o.RightShort, o.RightLong, o.WrongShort, o.WrongLong];
        if (!ends.All(double.IsFinite)) yield return $"The ends are {string.Join(", ", ends)}; expected finite numbers.";
        else if (Math.Min(o.RightShort, o.RightLong) <= Math.Max(o.WrongShort, o.WrongLong))
            yield return $"A right answer earns {Math.Min(o.RightShort, o.RightLong)} at least and a wrong one up to {Math.Max(o.WrongShort, o.WrongLong)}; expected every right answer above every wrong one.";
    }
}
