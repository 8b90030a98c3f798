namespace KdRl.Rewards.Code;

/// <summary>What a message between the host and a supervisor is; see supervisor.py.</summary>
internal enum SandboxFrameKind : byte
{
    Job = (byte)'J',
    Data = (byte)'D',
    Kill = (byte)'K',
    Ready = (byte)'R',
    End = (byte)'E',
    Fault = (byte)'F',
}
