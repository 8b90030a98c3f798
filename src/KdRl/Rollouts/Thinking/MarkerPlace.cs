namespace KdRl.Rollouts;

/// <summary>Where a prompt says how to think.</summary>
public enum MarkerPlace
{
    /// <summary>At the start: the first line of the system message, or a system message of its own; the first line of a plain text.</summary>
    MetaPrompt,

    /// <summary>At the end of the last user message, or of a plain text.</summary>
    Suffix,
}
