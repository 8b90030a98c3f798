using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>Rewards for the form of a response: 1 when it is kept, else 0. They say nothing about the content, so keep their weight small or use them as a gate.</summary>
public static class FormatReward
{
    /// <summary>Thoughts in tags, then the answer (<see cref="ThinkFormat.IsWellFormed"/>).</summary>
    /// <param name="options">The tags; null: the defaults.</param>
    /// <exception cref="OptionsValidationException">A tag is empty.</exception>
    public static IReward Think(ThinkFormatOptions? options = null)
    {
        options ??= new ThinkFormatOptions();
        RuleOptions.ThrowIfInvalid(new ThinkFormatOptionsRanges(), options);
        return Binary("think_format", text => ThinkFormat.IsWellFormed(text, options));
    }

    /// <summary>The share of tags that occur exactly once, in [0, 1] (<see cref="ThinkFormat.TagShare"/>).</summary>
    /// <param name="tags">The tags; none: those of thoughts and answer.</param>
    /// <exception cref="ArgumentException">A tag is empty.</exception>
    public static IReward TagShare(params IReadOnlyList<string> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        var o = new ThinkFormatOptions();
        string[] sought = tags.Count > 0 ? [.. tags] : [o.OpenTag, o.CloseTag, o.AnswerOpenTag, o.AnswerCloseTag];
        ThinkFormat.TagShare("", sought);
        return Reward.Create("tag_share", r => RewardOutcome.Scored(ThinkFormat.TagShare(r.Response, sought)));
    }

    /// <summary>Named sections, each once and in order (<see cref="TagFormat.IsWellFormed"/>).</summary>
    /// <param name="names">The names of the sections, without brackets.</param>
    /// <exception cref="ArgumentException">There are no names, an empty or a repeated one.</exception>
    public static IReward Sections(params IReadOnlyList<string> names)
    {
        TagFormat.IsWellFormed("", names);
        string[] sections = [.. names];
        return Binary("sections", text => TagFormat.IsWellFormed(text, sections));
    }

    /// <summary>Exactly one box that is not blank after the reasoning (<see cref="BoxedFormat.IsWellFormed"/>).</summary>
    public static IReward Boxed() => Binary("boxed", text => ReasoningSplit.Parse(text) is { Unfinished: false } split && BoxedFormat.IsWellFormed(split.Answer));

    /// <summary>The answer is one JSON value (<see cref="JsonFormat.TryParse"/>).</summary>
    /// <param name="maxLength">The most characters that are parsed; a longer answer scores 0.</param>
    public static IReward Json(int maxLength = JsonFormat.DefaultMaxLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 1);
        return Binary("json", text =>
        {
            var parsed = JsonFormat.TryParse(ReasoningSplit.Parse(text).Answer, out var document, maxLength);
            document?.Dispose();
            return parsed;
        });
    }

    /// <summary>The answer is one JSON value that is valid under a schema (<see cref="JsonSchemaReward"/>).</summary>
    /// <param name="schema">The schema, as JSON.</param>
    /// <param name="maxLength">The most characters that are parsed; a longer answer scores 0.</param>
    /// <exception cref="ArgumentException">The schema is not one, or uses what is refused.</exception>
    public static IReward JsonSchema(string schema, int maxLength = JsonFormat.DefaultMaxLength) => new JsonSchemaReward(schema, maxLength);

    private static IReward Binary(string name, Func<string, bool> holds) => Reward.Create(name, r => RewardOutcome.Scored(holds(r.Response) ? 1 : 0));
}
