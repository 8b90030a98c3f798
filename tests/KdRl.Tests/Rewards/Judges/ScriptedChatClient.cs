using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace KdRl.Tests.Rewards.Judges;

/// <summary>A judge whose replies a test writes. It sees the request as the model would, and finds the request's code where the model would.</summary>
internal sealed partial class ScriptedChatClient(Func<ScriptedRequest, CancellationToken, Task<ChatResponse>> reply) : IChatClient
{
    private readonly ConcurrentQueue<ScriptedRequest> requests = new();
    private int calls;

    public ScriptedChatClient(Func<ScriptedRequest, string> reply)
        : this((request, _) => Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, reply(request)))))
    {
    }

    public IReadOnlyCollection<ScriptedRequest> Requests => requests;

    /// <summary>The code of a request, as its instructions state it.</summary>
    public static string CodeIn(string instructions) => Code().Match(instructions).Value;

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var texts = messages.Select(m => m.Text).ToArray();
        var request = new ScriptedRequest(Interlocked.Increment(ref calls), texts[0], texts[1], CodeIn(texts[0]), options!);
        requests.Enqueue(request);
        return reply(request, cancellationToken);
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var update in (await GetResponseAsync(messages, options, cancellationToken)).ToChatResponseUpdates()) yield return update;
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
        // Nothing is held.
    }

    [GeneratedRegex("[0-9a-f]{32}")]
    private static partial Regex Code();
}
