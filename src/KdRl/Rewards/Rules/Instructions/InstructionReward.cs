using System.Runtime.CompilerServices;
using KdRl.Rollouts;
using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>How many of the instructions in its prompt's metadata (<see cref="InstructionPrompts"/>) a response follows, in [0, 1].</summary>
/// <remarks>
/// The reasoning is cut off first, and <c>&lt;answer&gt;</c> tags around the rest; a response whose reasoning was never closed has no answer
/// and scores 0. The verdict is "all are followed". Parts: each instruction's id with 1 or 0 (numbered where a type occurs twice). A prompt
/// without instructions is <see cref="RewardStatus.NotApplicable"/>; one with unknown or malformed instructions is
/// <see cref="RewardStatus.Failed"/> with a reason that names them.
/// </remarks>
public sealed class InstructionReward : IReward
{
    private const string AnswerOpenTag = "<answer>", AnswerCloseTag = "</answer>";
    private readonly InstructionRewardOptions options;

    // The completions of a prompt share the prompt; its instructions are read once.
    private readonly ConditionalWeakTable<Prompt, Parsed> parsed = [];

    /// <summary>Makes the reward.</summary>
    /// <param name="options">How following instructions is rewarded; null: the defaults.</param>
    /// <exception cref="OptionsValidationException">An option is out of range.</exception>
    public InstructionReward(InstructionRewardOptions? options = null)
    {
        this.options = options ?? new InstructionRewardOptions();
        RuleOptions.ThrowIfInvalid(new InstructionRewardOptionsRanges(), this.options);
    }

    /// <inheritdoc/>
    public string Name => "instruction";

    /// <inheritdoc/>
    public ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        ct.ThrowIfCancellationRequested();
        var (instructions, failure) = parsed.GetValue(request.Prompt, Parse);
        return ValueTask.FromResult(
            failure is not null ? RewardOutcome.Unscored(RewardStatus.Failed, failure)
            : instructions is null ? RewardOutcome.Unscored(RewardStatus.NotApplicable, $"Prompt '{request.Prompt.Id}' names no instructions.")
            : Score(instructions.Instructions, Answer(request.Response)));
    }

    private RewardOutcome Score(IReadOnlyList<Instruction> instructions, string answer)
    {
        var enough = answer.Count(c => !char.IsWhiteSpace(c)) >= options.MinLength;
        bool[] followed = [.. instructions.Select(i => enough && (options.Loose ? i.IsFollowedLoosely(answer) : i.IsFollowed(answer)))];
        var all = followed.All(f => f);
        var parts = new Dictionary<string, double>();
        foreach (var (i, instruction) in instructions.Index())
        {
            var earlier = instructions.Take(i).Count(other => other.Id == instruction.Id);
            parts[earlier == 0 ? instruction.Id : $"{instruction.Id}#{earlier + 1}"] = followed[i] ? 1 : 0;
        }

        var value = options.Scoring == InstructionScoring.All ? all ? 1 : 0 : followed.Count(f => f) / (double)followed.Length;
        return RewardOutcome.Scored(value, all) with { Parts = parts };
    }

    private static string Answer(string response)
    {
        var split = ReasoningSplit.Parse(response);
        if (split.Unfinished) return "";
        var answer = split.Answer.Trim();
        return answer.StartsWith(AnswerOpenTag, StringComparison.Ordinal) && answer.EndsWith(AnswerCloseTag, StringComparison.Ordinal) && answer.Length >= AnswerOpenTag.Length + AnswerCloseTag.Length
            ? answer[AnswerOpenTag.Length..^AnswerCloseTag.Length]
            : split.Answer;
    }

    private Parsed Parse(Prompt prompt)
    {
        try
        {
            return new Parsed(InstructionPrompts.InstructionsOf(prompt, options.Checks), null);
        }
        catch (ArgumentException e)
        {
            return new Parsed(null, e.Message);
        }
    }

    private sealed record Parsed(InstructionSet? Instructions, string? Failure);
}
