using System.Text.RegularExpressions;
using KdRl.Rewards;
using KdRl.Rollouts;

namespace KdRl.Examples.Quickstart.Tasks;

/// <summary>
/// Reads a written answer and compares its last result with the reference. Nothing is evaluated: an answer that is not
/// finished, not made of steps, or followed by anything is wrong.
/// </summary>
internal static partial class AnswerVerifier
{
    /// <summary>1 for a right final answer, else 0; what the verifier saw is the reason.</summary>
    public static IReward Reward { get; } = Rewards.Reward.Create("answer", request => Verify(
        request.Reference ?? throw new ArgumentException($"Prompt '{request.Prompt.Id}' has no reference answer."),
        request.Response,
        request.FinishReason == FinishReason.Stop));

    /// <summary>Judges one answer.</summary>
    /// <param name="reference">The right digit.</param>
    /// <param name="response">What was written; the closing <c>;</c> may be part of it or not.</param>
    /// <param name="finished">Whether the model ended its answer itself.</param>
    public static RewardOutcome Verify(string reference, string response, bool finished)
    {
        if (!finished) return RewardOutcome.FromVerdict(false) with { Reason = "not finished" };
        var steps = Steps().Match(response);
        if (!steps.Success) return RewardOutcome.FromVerdict(false) with { Reason = "not written as steps" };
        var answer = steps.Groups["answer"].Value;
        return RewardOutcome.FromVerdict(answer == reference) with { Reason = $"answer {answer}, expected {reference}" };
    }

    /// <summary>Whether an answer is finished and made of steps, right or wrong.</summary>
    /// <param name="response">What was written.</param>
    /// <param name="finished">Whether the model ended its answer itself.</param>
    public static bool IsWellFormed(string response, bool finished) => finished && Steps().IsMatch(response);

    // \z, not $: nothing may follow, a line break included.
    [GeneratedRegex(@"\A(?:[0-6][-+*][0-6]=[0-6],)*[0-6][-+*][0-6]=(?<answer>[0-6]);?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Steps();
}
