using FsCheck.Xunit;
using KdRl.Rewards;
using KdRl.TestSupport;
using Microsoft.Data.Sqlite;

namespace KdRl.Tests.Rewards.Decorators;

public sealed class SqliteRewardCacheTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task Store_Reopened_FindsExactlyWhatWasStored()
    {
        var scored = RewardOutcome.Scored(0.1 + 0.2, false) with
        {
            Parts = new Dictionary<string, double> { ["words"] = 1 / 3.0, ["odd \"name\""] = double.NaN },
            Reason = "answer '3'; \u2028 expected 2",
        };
        using (var cache = Open())
        {
            await cache.StoreAsync("scored", scored, default);
            await cache.StoreAsync("none", RewardOutcome.Unscored(RewardStatus.NotApplicable, "no reference"), default);
        }

        using var again = Open();
        var found = (await again.FindAsync("scored", default))!;

        Assert.Equal((scored.Value, scored.Correct, scored.Reason), (found.Value, found.Correct, found.Reason));
        Assert.Equal(scored.Parts, found.Parts);
        var none = (await again.FindAsync("none", default))!;
        Assert.Equal((RewardStatus.NotApplicable, (double?)null, (bool?)null, "no reference"), (none.Status, none.Value, none.Correct, none.Reason));
        Assert.Null(await again.FindAsync("other", default));
        Assert.Equal(2, again.Count);
    }

    [Property(Arbitrary = [typeof(ArbitraryOutcome)], MaxTest = 50)]
    public async Task Store_AnyOutcome_RoundTripsOrIsRefused(RewardOutcome outcome)
    {
        using var cache = Open();
        var key = Guid.NewGuid().ToString();
        if (outcome.Status is RewardStatus.TimedOut or RewardStatus.Failed)
        {
            await Assert.ThrowsAsync<ArgumentException>(async () => await cache.StoreAsync(key, outcome, default));
            return;
        }

        await cache.StoreAsync(key, outcome, default);
        var found = (await cache.FindAsync(key, default))!;

        Assert.Equal((outcome.Status, outcome.Value, outcome.Correct, outcome.Reason), (found.Status, found.Value, found.Correct, found.Reason));
        Assert.Equal(outcome.Parts, found.Parts);
    }

    [Fact]
    public async Task WithCache_ThousandsAtOnceAndASecondRun_AskOnceEach()
    {
        RewardRequest[] requests = [.. Enumerable.Range(0, 2000).Select(i => ScriptedReward.Request($"{i % 500}"))];
        var inner = new ScriptedReward((r, _) => new(RewardOutcome.Scored(int.Parse(r.Response))));
        using (var cache = Open())
        {
            var outcomes = await inner.WithCache(cache).ScoreAllAsync(requests, 256);
            Assert.Equal(requests.Select(r => (double?)int.Parse(r.Response)), outcomes.Select(o => o.Value));
        }

        using var again = Open();
        await inner.WithCache(again).ScoreAllAsync(requests, 256);

        Assert.Equal(500, inner.Asked);
        Assert.Equal(500, again.Count);
    }

    [Fact]
    public async Task TwoCaches_OneFile_SeeEachOthersOutcomes()
    {
        using var one = Open();
        using var two = Open();

        await one.StoreAsync("key", RewardOutcome.Scored(3), default);

        Assert.Equal(3, (await two.FindAsync("key", default))!.Value);
    }

    [Fact]
    public void Open_FileOfAnotherKind_IsRefusedByPath()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(CachePath)!);
        File.WriteAllText(CachePath, new string('x', 5000));

        var error = Assert.Throws<InvalidDataException>(Open);

        Assert.Contains(CachePath, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_DatabaseOfAnotherProgram_IsRefusedAndLeftAlone()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(CachePath)!);
        using (var other = new SqliteConnection($"Data Source={CachePath};Pooling=False"))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "CREATE TABLE mine(x)";
            command.ExecuteNonQuery();
        }

        var error = Assert.Throws<InvalidDataException>(Open);

        Assert.Contains("layout", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private string CachePath => Path.Combine(folder.Path, "deep", "rewards.db");

    private SqliteRewardCache Open() => new(CachePath);
}
