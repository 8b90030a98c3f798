using KdRl.Rollouts;
using Microsoft.Extensions.Options;

namespace KdRl.Curriculum;

/// <summary>Says whether a prompt is to be answered fast or slowly, by how the policy fared on it.</summary>
/// <remarks>Fast when at least τ of k or more fast answers are right, compared exactly; or when slow thinking gains too little. Else slow, also where little is known.</remarks>
public sealed class ModeLabeler
{
    private readonly ThinkingModeOptions options;

    /// <param name="options">The rule's numbers; null: the defaults.</param>
    /// <exception cref="OptionsValidationException">A number is out of range.</exception>
    public ModeLabeler(ThinkingModeOptions? options = null)
    {
        this.options = options ?? new ThinkingModeOptions();
        if (new ThinkingModeRanges().Validate(null, this.options) is { Failed: true } found) throw new OptionsValidationException(nameof(ThinkingModeOptions), typeof(ThinkingModeOptions), found.Failures);
    }

    /// <summary>The label: <see cref="ThinkingMode.Fast"/> or <see cref="ThinkingMode.Slow"/>, never <see cref="ThinkingMode.Auto"/>.</summary>
    /// <exception cref="ArgumentException">More answers are right than there are, or a count is negative.</exception>
    public ThinkingMode Label(ThinkingRecord record)
    {
        Check(record.FastCorrect, record.FastSamples, "fast");
        Check(record.SlowCorrect, record.SlowSamples, "slow");
        if (record.FastSamples < options.MinSamples) return ThinkingMode.Slow;
        if (record.FastCorrect >= options.FastPassRate * record.FastSamples) return ThinkingMode.Fast;
        return options.MinSlowGain is { } gain && record.FastCorrect > 0 && record.SlowSamples >= options.MinSamples && !Gains(record, gain) ? ThinkingMode.Fast : ThinkingMode.Slow;

        void Check(int correct, int samples, string mode)
        {
            if (correct < 0 || correct > samples) throw new ArgumentException($"{correct} of {samples} {mode} answers are right; expected 0 to {samples}.", nameof(record));
        }
    }

    /// <summary>slow pass rate - fast pass rate is at least the gain, and more than nothing; both sides times both counts, so that nothing is rounded.</summary>
    private static bool Gains(ThinkingRecord r, decimal gain)
    {
        var difference = (decimal)r.SlowCorrect * r.FastSamples - (decimal)r.FastCorrect * r.SlowSamples;
        return difference > 0 && difference >= gain * r.FastSamples * r.SlowSamples;
    }
}
