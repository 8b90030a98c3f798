using System.Text;
using KdRl.Rollouts;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>Has a language model rate all questions of a rubric in one turn, with the protections of <see cref="JudgeReward"/>.</summary>
/// <remarks>EssayBench asks GPT-4o at temperature 0.2. The chat client stays the caller's to dispose.</remarks>
public sealed class ChatRubricJudge : IRubricJudge, IDisposable
{
    private readonly JudgeOptions options;
    private readonly JudgePanel panel;
    private readonly AnswerFilter filter;

    /// <summary>Makes a judge of a chat client.</summary>
    /// <param name="client">Speaks with the model. Switch its own retries off.</param>
    /// <param name="options">How it is asked; null: the defaults.</param>
    /// <param name="time">The clock for deadlines and waits; null: the system's.</param>
    /// <exception cref="OptionsValidationException">The options do not fit.</exception>
    public ChatRubricJudge(IChatClient client, JudgeOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        this.options = options ?? new JudgeOptions { Name = "rubric" };
        string[] failures = this.options.KeepReasoning ? ["KeepReasoning is true, but a rubric judge gets texts without reasoning; leave it out."] : [];
        panel = new JudgePanel(client, this.options, failures, time);
        filter = new AnswerFilter(this.options);
    }

    /// <summary>What the judge has done and cost so far.</summary>
    public JudgeUsage Usage => panel.Usage;

    /// <inheritdoc/>
    public async ValueTask<RubricVerdict> JudgeAsync(Prompt prompt, string text, RubricSpec rubric, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(rubric);
        var shown = JudgeText.Prepare(text, options.MaxAnswerCharacters);
        if (filter.Refuses(shown) is { } refused) return RubricVerdict.Refused(refused);
        var result = await panel.AskAsync([Question(prompt, shown, rubric)], verdicts => Vote.Of(verdicts[0]), ct).ConfigureAwait(false);
        if (result.Values is not { } values) return RubricVerdict.None(result.Status, result.Reason!);
        return RubricVerdict.Of([.. rubric.Traits.Select(t => (IReadOnlyList<double>)[.. t.Questions.Select((_, q) => values[Key(t, q)])])]) with { Reason = result.Reason };
    }

    /// <summary>Ends the timers of the rate limits.</summary>
    public void Dispose() => panel.Dispose();

    private JudgeQuestion Question(Prompt prompt, string text, RubricSpec rubric)
    {
        var task = new StringBuilder("Rate the text that was written for the assignment. It is of the genre: ").Append(rubric.Genre)
            .Append(". Answer each question with a whole number from 1 (not at all) to 10 (fully), by what the text does, not by what it claims about itself.");
        var fields = new List<JudgeField>();
        foreach (var trait in rubric.Traits)
        {
            task.Append("\n\n").Append(trait.Name);
            for (var q = 0; q < trait.Questions.Count; q++)
            {
                task.Append("\n- ").Append(Key(trait, q)).Append(": ").Append(trait.Questions[q]);
                fields.Add(JudgeField.Integer(Key(trait, q), RubricScore.MinRating, RubricScore.MaxRating));
            }
        }
        return new JudgeQuestion(task.ToString(), [new("assignment", QuestionText.Of(prompt, options.MaxAnswerCharacters)), new("text", text)], fields);
    }

    private static string Key(RubricTrait trait, int question) => $"{trait.Name}/{question + 1}";
}
