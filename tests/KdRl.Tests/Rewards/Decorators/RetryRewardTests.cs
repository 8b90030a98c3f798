using KdRl.Rewards;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace KdRl.Tests.Rewards.Decorators;

public class RetryRewardTests
{
    private static readonly RewardOutcome Fault = RewardOutcome.Unscored(RewardStatus.Failed, "HTTP 500");

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 3)]
    [InlineData(9, 3)]
    public async Task WithRetry_FaultsBeforeAScore_AreTriedAgainUpToTheLimit(int faults, int asked)
    {
        var left = faults;
        var inner = new ScriptedReward((_, _) => new(left-- > 0 ? Fault : RewardOutcome.Scored(1)));

        var outcome = await inner.WithRetry(new RewardRetryOptions { Delay = TimeSpan.Zero }).ScoreAsync(ScriptedReward.Request(), CancellationToken.None);

        Assert.Equal(asked, inner.Asked);
        Assert.Equal(faults < 3 ? RewardStatus.Scored : RewardStatus.Failed, outcome.Status);
    }

    [Fact]
    public async Task WithRetry_Waits_Double()
    {
        var time = new FakeTimeProvider();
        var tries = new List<double>();
        var start = time.GetUtcNow();
        var inner = new ScriptedReward((_, _) =>
        {
            lock (tries) tries.Add((time.GetUtcNow() - start).TotalSeconds);
            return new(Fault);
        });

        var scoring = inner.WithRetry(new RewardRetryOptions { MaxRetries = 4, MaxDelay = TimeSpan.FromSeconds(3), Jitter = false }, time)
            .ScoreAsync(ScriptedReward.Request(), CancellationToken.None).AsTask();
        while (!scoring.IsCompleted)
        {
            // Waits are whole seconds: none is passed over.
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1);
        }

        Assert.Equal([0, 1, 3, 6, 9], tries);
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public async Task WithRetry_TimedOut_IsTriedAgainIfWanted(bool retryTimeouts, int asked)
    {
        var inner = new ScriptedReward(RewardOutcome.Unscored(RewardStatus.TimedOut, "late"));

        await inner.WithRetry(new RewardRetryOptions { MaxRetries = 1, Delay = TimeSpan.Zero, RetryTimeouts = retryTimeouts }).ScoreAsync(ScriptedReward.Request(), CancellationToken.None);

        Assert.Equal(asked, inner.Asked);
    }

    [Fact]
    public async Task WithRetry_NotApplicable_IsAnAnswer()
    {
        var inner = new ScriptedReward(RewardOutcome.Unscored(RewardStatus.NotApplicable, "no reference"));

        await inner.WithRetry().ScoreAsync(ScriptedReward.Request(), CancellationToken.None);

        Assert.Equal(1, inner.Asked);
    }

    [Fact]
    public async Task WithRetry_Exception_IsABugAndNotTriedAgain()
    {
        var inner = new ScriptedReward((_, _) => throw new InvalidOperationException("a bug"));

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await inner.WithRetry().ScoreAsync(ScriptedReward.Request(), CancellationToken.None));

        Assert.Equal(1, inner.Asked);
    }

    [Fact]
    public void WithRetry_OptionOutOfRange_IsNamed()
    {
        var error = Assert.Throws<OptionsValidationException>(() => new ScriptedReward(Fault).WithRetry(new RewardRetryOptions { MaxRetries = 0 }));

        Assert.Contains("MaxRetries", error.Message, StringComparison.Ordinal);
    }
}
