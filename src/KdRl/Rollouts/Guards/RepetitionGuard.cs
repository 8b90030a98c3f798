using Microsoft.Extensions.Options;

namespace KdRl.Rollouts;

/// <summary>
/// Repetition self-repair of Pangu Embedded (arXiv 2505.22375): a loop in the recent window is answered by a control prompt, a few times; then the thinking is
/// ended, then the completion.
/// </summary>
/// <remarks>
/// A loop: the last n tokens stand at least <see cref="RepetitionGuardOptions.MinCount"/> times among the last <see cref="RepetitionGuardOptions.Window"/> tokens, overlaps
/// counted. After an injection the window begins anew. Constant time a token: sequences are counted by a rolling hash modulo 2⁶¹ − 1, whose collisions
/// (about 1 in 10¹² windows) are not told apart.
/// </remarks>
public sealed class RepetitionGuard : IGenerationGuard
{
    private readonly RepetitionGuardOptions options;
    private readonly int[] repair;
    private readonly ThinkingEnd? thinking;
    private readonly int[] recent;
    private readonly Dictionary<ulong, int> counts = [];
    private readonly ThinkingWatch watch;
    private readonly ulong leavingFactor;
    private ulong newest, oldest;
    private int seen;

    /// <summary>Watches one completion.</summary>
    /// <param name="options">The constants.</param>
    /// <param name="repair">Tokens of the control prompt.</param>
    /// <param name="thinking">How thinking ends; null: there is none, and the completion ends instead.</param>
    /// <exception cref="OptionsValidationException">An option is out of range, or the window too small for its count.</exception>
    /// <exception cref="ArgumentException">The control prompt has no tokens although there are repairs.</exception>
    public RepetitionGuard(RepetitionGuardOptions options, IReadOnlyList<int> repair, ThinkingEnd? thinking = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(repair);
        ThrowIfInvalid(options);
        if (repair.Count == 0 && options.MaxRepairs > 0) throw new ArgumentException("The control prompt has no tokens; expected some, or MaxRepairs of 0.", nameof(repair));
        (this.options, this.repair, this.thinking) = (options, [.. repair], thinking);
        recent = new int[options.Window];
        watch = new ThinkingWatch(thinking);
        leavingFactor = 1;
        for (var i = 1; i < options.NGram; i++) leavingFactor = RollingHash.Multiply(leavingFactor, RollingHash.Base);
    }

    /// <summary>Control prompts written so far.</summary>
    public int Repairs { get; private set; }

    /// <inheritdoc/>
    public GuardAction Observe(int token)
    {
        watch.Take(token);
        if (!IsLoop(token)) return GuardAction.None;
        Forget();
        if (Repairs >= options.MaxRepairs) return watch.IsThinking ? new GuardAction(GuardStep.EndThinking, thinking!.Text) : GuardAction.End;
        Repairs++;
        return new GuardAction(GuardStep.Inject, repair);
    }

    /// <inheritdoc/>
    public void Injected(IReadOnlyList<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        foreach (var token in tokens) watch.Take(token);
        Forget();
    }

    /// <summary>Takes a token into the window; true when the sequence that ends with it stands there often enough.</summary>
    private bool IsLoop(int token)
    {
        var (n, window) = (options.NGram, options.Window);
        if (seen >= window)
        {
            // The oldest sequence leaves before its first token is overwritten.
            if (counts[oldest] == 1) counts.Remove(oldest);
            else counts[oldest]--;
            oldest = RollingHash.Append(RollingHash.Drop(oldest, At(seen - window), leavingFactor), n == window ? token : At(seen - window + n));
        }
        if (seen >= n) newest = RollingHash.Drop(newest, At(seen - n), leavingFactor);
        newest = RollingHash.Append(newest, token);
        recent[seen % window] = token;
        seen++;
        if (seen < n) return false;
        if (seen == n) oldest = newest;
        var count = counts.GetValueOrDefault(newest) + 1;
        counts[newest] = count;
        return count >= options.MinCount;
    }

    private int At(int position) => recent[position % options.Window];

    private void Forget()
    {
        counts.Clear();
        (seen, newest, oldest) = (0, 0, 0);
    }

    private static void ThrowIfInvalid(RepetitionGuardOptions options)
    {
        var failures = (new RepetitionGuardRanges().Validate(null, options).Failures ?? []).ToList();
        if (failures.Count == 0 && options.Window < options.NGram + options.MinCount - 1)
            failures.Add($"Window is {options.Window}; expected at least NGram + MinCount - 1 = {options.NGram + options.MinCount - 1}, so that a loop fits in.");
        if (failures.Count > 0) throw new OptionsValidationException(nameof(RepetitionGuardOptions), typeof(RepetitionGuardOptions), failures);
    }
}
