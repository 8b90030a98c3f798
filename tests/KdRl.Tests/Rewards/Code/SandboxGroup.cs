namespace KdRl.Tests.Rewards.Code;

/// <summary>Tests that run programs share a sandbox and run one after the other, so that each can count what is left behind.</summary>
[CollectionDefinition("sandbox")]
public sealed class SandboxGroup : ICollectionFixture<SandboxFixture>;
