using Microsoft.Extensions.AI;

namespace KdRl.Tests.Rewards.Judges;

/// <summary>What a scripted judge was asked.</summary>
internal sealed record ScriptedRequest(int Call, string System, string User, string Code, ChatOptions Options)
{
    /// <summary>A reply with a verdict in the right form.</summary>
    public string Verdict(string fields) => $"Reasons.\n{{\"nonce\": \"{Code}\", {fields}}}";

    /// <summary>The material between the markers of a block.</summary>
    public string Block(string label)
    {
        var (begin, end) = ($"[BEGIN {label} {Code}]\n", $"\n[END {label} {Code}]");
        var start = User.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        return User[start..User.IndexOf(end, start, StringComparison.Ordinal)];
    }
}
