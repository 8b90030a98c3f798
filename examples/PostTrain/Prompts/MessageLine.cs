namespace KdRl.Examples.PostTrain.Prompts;

/// <summary>A message of a conversation as it is written in a prompt file.</summary>
internal sealed class MessageLine
{
    public required string Role { get; init; }

    public required string Content { get; init; }
}
