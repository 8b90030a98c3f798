using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>How a judge is asked, whatever it is asked about.</summary>
public sealed class JudgeOptions
{
    /// <summary>Names the reward in logs and metrics.</summary>
    /// <value>The default value is <c>judge</c>.</value>
    [Required]
    public string Name { get; set; } = "judge";

    /// <summary>The model to ask for.</summary>
    /// <value>The default value is null: the chat client's own.</value>
    public string? Model { get; set; }

    /// <summary>How often each question is put, with a new nonce and seed each time.</summary>
    /// <value>The default value is 1.</value>
    [Range(1, 99)]
    public int Votes { get; set; } = 1;

    /// <summary>How votes become one.</summary>
    /// <value>The default value is <see cref="JudgeVoteRule.Median"/>.</value>
    public JudgeVoteRule VoteRule { get; set; } = JudgeVoteRule.Median;

    /// <summary>How many votes must be valid for a score.</summary>
    /// <value>The default value is null: more than half of <see cref="Votes"/>.</value>
    [Range(1, 99)]
    public int? Quorum { get; set; }

    /// <summary>The judge's sampling temperature.</summary>
    /// <value>The default value is null: 0 for one vote and 0.7 for several, which would otherwise all be the same.</value>
    [Range(0.0, 2.0)]
    public double? Temperature { get; set; }

    /// <summary>Whether temperature and seed are sent at all: some reasoning models refuse them.</summary>
    /// <value>The default value is true.</value>
    public bool SendSampling { get; set; } = true;

    /// <summary>Seed of the judge's sampling, plus the number of the vote; it also enters the nonce.</summary>
    /// <value>The default value is 0.</value>
    public long Seed { get; set; }

    /// <summary>The most tokens the judge may write.</summary>
    /// <value>The default value is 2,048.</value>
    [Range(1, 1_000_000)]
    public int MaxOutputTokens { get; set; } = 2048;

    /// <summary>The most characters of a question, answer or reference that the judge reads; longer ones lose their middle, and a line says so.</summary>
    /// <value>The default value is 32,000.</value>
    [Range(200, 10_000_000)]
    public int MaxAnswerCharacters { get; set; } = 32_000;

    /// <summary>The longest reply that is read; a longer one is malformed.</summary>
    /// <value>The default value is 100,000 characters.</value>
    [Range(100, 10_000_000)]
    public int MaxReplyCharacters { get; set; } = 100_000;

    /// <summary>How often a question is put anew when the reply has no valid verdict; after that the vote is missing.</summary>
    /// <value>The default value is 2.</value>
    [Range(0, 20)]
    public int MaxReasks { get; set; } = 2;

    /// <summary>Shows the judge the reasoning too, not only what follows the last <c>&lt;/think&gt;</c>.</summary>
    /// <value>The default value is false.</value>
    public bool KeepReasoning { get; set; }

    /// <summary>
    /// Answers that get the lowest score without being shown to the judge, beside those without a letter, digit or mathematical symbol:
    /// openers that say nothing and yet are known to persuade judges. Compared without case, spaces and punctuation.
    /// </summary>
    /// <value>The default values are the openers of 2507.08794.</value>
    public IList<string> EmptyAnswers { get; init; } = [.. MasterKeys];

    /// <summary>Gives answers that address the judge the lowest score; otherwise the part <c>judge_directed</c> only reports them.</summary>
    /// <value>The default value is false.</value>
    public bool RefuseJudgeDirected { get; set; }

    /// <summary>How the judge's server is called.</summary>
    [ValidateObjectMembers]
    public JudgeCallOptions Calls { get; set; } = new();

    /// <summary>Openers without content that judges were found to reward (2507.08794, table 1).</summary>
    internal static IReadOnlyList<string> MasterKeys { get; } =
        ["Thought process:", "Solution", "Let's solve this problem step by step."];

    internal int NeededVotes => Quorum ?? (Votes / 2) + 1;

    internal double EffectiveTemperature => Temperature ?? (Votes == 1 ? 0 : 0.7);
}
