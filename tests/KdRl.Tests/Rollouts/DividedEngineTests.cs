using KdRl.Rollouts;
using KdRl.TestSupport;

namespace KdRl.Tests.Rollouts;

[Collection("torch")]
public sealed class DividedEngineTests : IDisposable
{
    private static readonly SamplingOptions Sampling = new() { GroupSize = 3, MaxNewTokens = 3, Seed = 4 };

    private readonly ToyRun toy = new();

    [Theory]
    [InlineData(1, 24)]
    [InlineData(2, 7)]
    [InlineData(5, 3)]
    [InlineData(3, 0)]
    public async Task GenerateAsync_AnyDivision_GivesTheGroupsOfOneEngine(int engines, int prompts)
    {
        var asked = ToyTask.Prompts.Take(prompts).ToArray();
        var whole = await All(toy.Engine, asked);

        var parts = await All(new DividedEngine([.. Enumerable.Range(0, engines).Select(_ => new ToyEngine(toy.Policy, toy.Thread))]), asked);

        Assert.Equal(asked.Select(p => p.Id), parts.Select(g => g.Prompt.Id));
        Assert.Equal(whole.SelectMany(g => g.Rollouts).Select(r => string.Join(' ', r.CompletionTokens)), parts.SelectMany(g => g.Rollouts).Select(r => string.Join(' ', r.CompletionTokens)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task GenerateAsync_OneEngineFails_ItsErrorIsThrown(int failing)
    {
        ToyEngine[] engines = [new(toy.Policy, toy.Thread), new(toy.Policy, toy.Thread)];
        engines[failing].BeforeEach = _ => throw new InvalidOperationException("broken");

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => All(new DividedEngine(engines), [.. ToyTask.Prompts.Take(20)]));

        Assert.Equal("broken", error.Message);
    }

    [Fact]
    public async Task GenerateAsync_Cancelled_StopsAllEngines()
    {
        using var stop = new CancellationTokenSource();
        ToyEngine[] engines = [new(toy.Policy, toy.Thread), new(toy.Policy, toy.Thread)];
        engines[1].BeforeEach = _ => stop.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => All(new DividedEngine(engines), [.. ToyTask.Prompts.Take(20)], stop.Token));

        Assert.True(engines[1].Asked.Count < 10);
    }

    [Fact]
    public void PolicyVersion_Set_ReachesEveryEngine()
    {
        ToyEngine[] engines = [new(toy.Policy, toy.Thread), new(toy.Policy, toy.Thread)];

        var divided = new DividedEngine(engines) { PolicyVersion = 9 };

        Assert.Equal([9, 9, 9], [divided.PolicyVersion, .. engines.Select(e => e.PolicyVersion)]);
    }

    [Fact]
    public void Constructor_NoEngines_IsRefused() => Assert.Throws<ArgumentException>(() => new DividedEngine([]));

    public void Dispose() => toy.Dispose();

    private static async Task<List<RolloutGroup>> All(IRolloutEngine engine, IReadOnlyList<Prompt> prompts, CancellationToken ct = default)
    {
        var groups = new List<RolloutGroup>();
        await foreach (var group in engine.GenerateAsync(prompts, Sampling, ct)) groups.Add(group);
        return groups;
    }
}
