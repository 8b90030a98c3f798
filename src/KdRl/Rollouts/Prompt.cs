namespace KdRl.Rollouts;

/// <summary>A task for the policy: what it reads, and what a reward needs to judge the answer.</summary>
/// <remarks>Exactly one of <see cref="Text"/> and <see cref="Messages"/> is set.</remarks>
public sealed record Prompt
{
    private Prompt(string id, string? text, IReadOnlyList<Message>? messages)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        (Id, Text, Messages) = (id, text, messages);
    }

    /// <summary>Stable across runs: seeds, logs and resume refer to it.</summary>
    public string Id { get; }

    /// <summary>The prompt as plain text, or null when <see cref="Messages"/> is set.</summary>
    public string? Text { get; }

    /// <summary>The prompt as a conversation, rendered by the model's chat template, or null when <see cref="Text"/> is set.</summary>
    public IReadOnlyList<Message>? Messages { get; }

    /// <summary>The expected answer, where there is one.</summary>
    public string? Reference { get; init; }

    /// <summary>The kind of task; rewards and teachers are routed by it. Null: no routing.</summary>
    public string? Task { get; init; }

    /// <summary>Anything else a reward wants to know about the prompt.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = EmptyMetadata;

    private static readonly IReadOnlyDictionary<string, string> EmptyMetadata = new Dictionary<string, string>();

    /// <summary>A plain-text prompt.</summary>
    /// <exception cref="ArgumentException">The id is empty.</exception>
    public static Prompt FromText(string id, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new Prompt(id, text, null);
    }

    /// <summary>A conversation that the policy continues.</summary>
    /// <exception cref="ArgumentException">The id or the conversation is empty.</exception>
    public static Prompt FromMessages(string id, IReadOnlyList<Message> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (messages.Count == 0) throw new ArgumentException($"Prompt '{id}' has no messages; expected at least one.", nameof(messages));
        return new Prompt(id, null, messages);
    }

    /// <summary>The same prompt with another text.</summary>
    public Prompt WithText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return FromText(Id, text) with { Reference = Reference, Task = Task, Metadata = Metadata };
    }

    /// <summary>The same prompt with another conversation.</summary>
    /// <exception cref="ArgumentException">The conversation is empty.</exception>
    public Prompt WithMessages(IReadOnlyList<Message> messages) => FromMessages(Id, messages) with { Reference = Reference, Task = Task, Metadata = Metadata };
}
