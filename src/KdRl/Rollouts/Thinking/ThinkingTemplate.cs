namespace KdRl.Rollouts;

/// <summary>Writes into a prompt how it is to be answered, and reads it back. The marker is part of the prompt and so never of what trains.</summary>
/// <remarks>The marker that a prompt has already is replaced. A mode whose marker is empty leaves no trace: it is what a prompt without a marker means.</remarks>
public sealed class ThinkingTemplate
{
    private readonly string[] markers;

    /// <summary>A template of your own.</summary>
    /// <param name="place">Where the marker stands.</param>
    /// <param name="fast">What asks for fast thinking.</param>
    /// <param name="slow">What asks for slow thinking.</param>
    /// <param name="auto">What leaves it to the policy; null: the policy cannot decide.</param>
    /// <exception cref="ArgumentException">Two markers are equal, or one has a line end in it, so that it could not be read back.</exception>
    public ThinkingTemplate(MarkerPlace place, string fast, string slow, string? auto = null)
    {
        ArgumentNullException.ThrowIfNull(fast);
        ArgumentNullException.ThrowIfNull(slow);
        if (!Enum.IsDefined(place)) throw new ArgumentException($"The place is {place}; expected a value of {nameof(MarkerPlace)}.", nameof(place));
        (Place, markers, AllowsAuto) = (place, auto is null ? [fast, slow] : [fast, slow, auto], auto is not null);
        foreach (var marker in markers)
        {
            if (marker.Trim() != marker || marker.Contains('\n', StringComparison.Ordinal)) throw new ArgumentException($"The marker '{marker}' has blanks around it or a line end; expected one line.", nameof(fast));
            if (markers.Count(m => m == marker) > 1) throw new ArgumentException($"The marker '{marker}' stands for two modes; expected different ones.", nameof(fast));
        }
    }

    /// <summary>"META_PROMPT: system 1" and "system 2", by which Pangu Embedded is switched.</summary>
    public static ThinkingTemplate MetaPrompt { get; } = new(MarkerPlace.MetaPrompt, "META_PROMPT: system 1", "META_PROMPT: system 2");

    /// <summary>"/no_think" and "/auto_think", the suffixes of openPangu-Embedded, which thinks slowly without one.</summary>
    public static ThinkingTemplate PanguSuffix { get; } = new(MarkerPlace.Suffix, "/no_think", "", "/auto_think");

    /// <summary>"/no_think" and "/think", the suffixes of Qwen3.</summary>
    public static ThinkingTemplate QwenSuffix { get; } = new(MarkerPlace.Suffix, "/no_think", "/think");

    /// <summary>Where the marker stands.</summary>
    public MarkerPlace Place { get; }

    /// <summary>Whether <see cref="ThinkingMode.Auto"/> has a marker.</summary>
    public bool AllowsAuto { get; }

    /// <summary>The prompt that asks for a mode. Its id, reference, task and metadata stay.</summary>
    /// <param name="prompt">A text, or a conversation that the chat template will render.</param>
    /// <param name="mode">How it is to be answered.</param>
    /// <exception cref="ArgumentException">The template has no marker for the mode, or the conversation no user message to put a suffix on.</exception>
    public Prompt Apply(Prompt prompt, ThinkingMode mode)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        if ((int)mode < 0 || (int)mode >= markers.Length)
            throw new ArgumentException($"The template has no marker for the mode {mode}; expected {(AllowsAuto ? "Fast, Slow or Auto" : "Fast or Slow")}.", nameof(mode));
        var marker = markers[(int)mode];
        if (prompt.Messages is not { } messages) return prompt.WithText(Write(Strip(prompt.Text!), marker));

        List<Message> written = [.. messages];
        var at = Place == MarkerPlace.Suffix ? written.FindLastIndex(m => m.Role == "user") : written[0].Role == "system" ? 0 : -1;
        if (at < 0 && Place == MarkerPlace.Suffix) throw new ArgumentException($"Prompt '{prompt.Id}' has no user message; expected one, on which the suffix is put.", nameof(prompt));
        if (at >= 0) written[at] = written[at] with { Content = Write(Strip(written[at].Content), marker) };
        else if (marker.Length > 0) written.Insert(0, new Message("system", marker));
        // A system message that held the marker only is gone with it.
        if (at == 0 && written[0] is { Role: "system", Content: "" } && written.Count > 1) written.RemoveAt(0);
        return prompt.WithMessages(written);
    }

    /// <summary>The mode that a prompt asks for; null when it has no marker and that means nothing here.</summary>
    public ThinkingMode? Parse(Prompt prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        var text = prompt.Text ?? (Place == MarkerPlace.Suffix ? prompt.Messages!.LastOrDefault(m => m.Role == "user") : prompt.Messages![0] is { Role: "system" } system ? system : null)?.Content ?? "";
        var found = Find(text);
        if (found < 0) found = Array.IndexOf(markers, "");
        return found < 0 ? null : (ThinkingMode)found;
    }

    /// <summary>Index of the marker that a text has; -1 when it has none.</summary>
    private int Find(string text) => Array.FindIndex(markers, m => m.Length > 0 && Has(text, m));

    private bool Has(string text, string marker)
    {
        if (Place == MarkerPlace.MetaPrompt) return text.StartsWith(marker, StringComparison.Ordinal) && (text.Length == marker.Length || text[marker.Length] == '\n');
        return text.EndsWith(marker, StringComparison.Ordinal) && (text.Length == marker.Length || text[^(marker.Length + 1)] == ' ');
    }

    private string Strip(string text)
    {
        while (Find(text) is >= 0 and var found)
        {
            var length = Math.Min(markers[found].Length + 1, text.Length);
            text = Place == MarkerPlace.MetaPrompt ? text[length..] : text[..^length];
        }

        return text;
    }

    private string Write(string text, string marker) =>
        marker.Length == 0 ? text
        : text.Length == 0 ? marker
        : Place == MarkerPlace.MetaPrompt ? $"{marker}\n{text}" : $"{text} {marker}";
}
