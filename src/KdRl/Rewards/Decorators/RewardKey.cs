using System.Runtime.InteropServices;
using System.Security.Cryptography;
using KdRl.Rollouts;

namespace KdRl.Rewards;

/// <summary>Hashes what a score may depend on.</summary>
internal static class RewardKey
{
    /// <summary>
    /// SHA-256 over the reward's name and version, the prompt (text or messages, reference, task, metadata) and the completion (text, tokens, finish
    /// reason), as hexadecimal digits. Prompt id, log-probs and policy version do not count: equal contents share their score.
    /// </summary>
    public static string Of(string reward, string version, RewardRequest request)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, reward);
        Add(hash, version);
        Add(hash, request.Prompt);
        Add(hash, request.Response);
        Add(hash, (int)request.FinishReason);
        Add(hash, request.Rollout.CompletionTokens.Length);
        hash.AppendData(MemoryMarshal.AsBytes(request.Rollout.CompletionTokens.AsSpan()));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static void Add(IncrementalHash hash, Prompt prompt)
    {
        Add(hash, prompt.Text);
        Add(hash, prompt.Messages?.Count ?? -1);
        foreach (var message in prompt.Messages ?? [])
        {
            Add(hash, message.Role);
            Add(hash, message.Content);
        }

        Add(hash, prompt.Reference);
        Add(hash, prompt.Task);
        Add(hash, prompt.Metadata.Count);
        foreach (var (key, value) in prompt.Metadata.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            Add(hash, key);
            Add(hash, value);
        }
    }

    /// <summary>The length first, so that no two sequences of fields run together; UTF-16, because ill-formed text has no UTF-8 of its own.</summary>
    private static void Add(IncrementalHash hash, string? text)
    {
        Add(hash, text?.Length ?? -1);
        hash.AppendData(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    private static void Add(IncrementalHash hash, int number) => hash.AppendData(BitConverter.GetBytes(number));
}
