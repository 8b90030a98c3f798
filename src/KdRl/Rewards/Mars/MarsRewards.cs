namespace KdRl.Rewards;

/// <summary>The rewards of a <see cref="MarsReward"/>, by role. Names do not heed case; a role's name is also the task that is routed to it.</summary>
public sealed class MarsRewards
{
    /// <summary>
    /// Primary rewards with a scale of their own and, as a rule, a verdict: mathematics, code, instructions. Their scores are used as they are; they lie within
    /// <see cref="MarsSourceOptions.Lowest"/> and <see cref="MarsSourceOptions.Highest"/>.
    /// </summary>
    public IDictionary<string, IReward> Verifiers { get; } = new Dictionary<string, IReward>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Primary rewards without ground truth, such as a judge. Each is normalised by itself, so that their scales agree (<see cref="MarsOptions.Normalization"/>).</summary>
    public IDictionary<string, IReward> Preferences { get; } = new Dictionary<string, IReward>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The gate: an answer that scores below <see cref="MarsFormatOptions.Threshold"/> gets the penalty. Null: every form will do.</summary>
    public IReward? Format { get; set; }

    /// <summary>
    /// Light terms on top of every primary reward, such as repetition, length, language. Their scores are on the full scale [−1, 1], and cut there; their weights are in
    /// <see cref="MarsOptions.Auxiliaries"/>, which can also name terms that are not given here.
    /// </summary>
    /// <example>
    /// <code>
    /// rewards.Auxiliaries["language"] = new LanguageConsistencyReward();
    /// rewards.Auxiliaries["length"] = new SoftOverlongReward(new SoftOverlongOptions { MaxLength = 8192, Buffer = 2048 });
    /// </code>
    /// </example>
    public IDictionary<string, IReward> Auxiliaries { get; } = new Dictionary<string, IReward>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The rewards of this library under their usual names: <c>math</c> (<see cref="MathReward"/>), <c>instruction</c> (<see cref="InstructionReward"/>), and where they
    /// are given <c>code</c> and <c>general</c>; thoughts and answer in tags as the format; <c>repetition</c> as the only auxiliary term, as in the
    /// papers. Each can be replaced or left out afterwards.
    /// </summary>
    /// <param name="code">What runs code, such as <c>new CodeReward(sandbox)</c>: it needs a sandbox on the machine. Null: there is no <c>code</c>.</param>
    /// <param name="judge">What says how good an answer is where none is right, such as a <see cref="JudgeReward"/>. Null: there is no <c>general</c>.</param>
    public static MarsRewards Default(IReward? code = null, IReward? judge = null)
    {
        var rewards = new MarsRewards
        {
            Verifiers = { ["math"] = new MathReward(), ["instruction"] = new InstructionReward() },
            Format = FormatReward.Think(),
            Auxiliaries = { ["repetition"] = new RepetitionReward(new RepetitionOptions { Weight = 1 }) },
        };
        if (code is not null) rewards.Verifiers["code"] = code;
        if (judge is not null) rewards.Preferences["general"] = judge;
        return rewards;
    }
}
