namespace KdRl.Rewards.Code;

/// <summary>A message between the host and a supervisor.</summary>
internal readonly record struct SandboxFrame(SandboxFrameKind Kind, byte[] Payload);
