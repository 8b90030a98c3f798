using KdRl.Training;

namespace KdRl.Tests.Training.Reporting;

public class RunMonitorTests
{
    [Fact]
    public void Look_HealthyStep_SaysNothing() => Assert.Empty(new RunMonitor().Look(1, Healthy(), 32, null));

    [Theory]
    [InlineData(MetricNames.ZeroStd, 1, "equal scores")]
    [InlineData(MetricNames.TeacherGap, -1.5, "teacher is far")]
    [InlineData(MetricNames.TeacherFar, 0.06, "teacher is far")]
    [InlineData(MetricNames.ClippedRatio, 0.3, "length limit")]
    [InlineData(MetricNames.MismatchMean, 0.1, "disagree")]
    [InlineData(MetricNames.Unscored, 5, "no score")]
    [InlineData("rewards/general/contradictory/mean", 0.21, "change places in 21 %")]
    public void Look_OneThingWrong_NamesIt(string metric, double value, string expected)
    {
        var metrics = Healthy();
        metrics[metric] = value;

        Assert.Contains(expected, Assert.Single(new RunMonitor().Look(1, metrics, 32, null)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.011, 0, true)]
    [InlineData(0, 0.011, true)]
    [InlineData(0.006, 0.006, true)]
    [InlineData(0.005, 0.005, false)]
    public void Look_FaultsOfScoring_AlarmAboveOnePercent(double timedOut, double failed, bool alarms)
    {
        var metrics = Healthy();
        (metrics[MetricNames.TimedOut], metrics[MetricNames.Failed]) = (timedOut, failed);

        Assert.Equal(alarms, new RunMonitor().Look(1, metrics, 1000, null).Any(w => w.Contains("alarm", StringComparison.Ordinal)));
    }

    [Fact]
    public void Look_ContradictionsOfAJudge_AreWeighedOverTheLastSteps()
    {
        var monitor = new RunMonitor();
        Assert.Empty(monitor.Look(1, Contradictory(0.2), 32, null));

        Assert.Empty(monitor.Look(2, Contradictory(0.2), 32, null));
        Assert.Contains("alarm", Assert.Single(monitor.Look(3, Contradictory(0.5), 32, null)), StringComparison.Ordinal);

        static Dictionary<string, double> Contradictory(double share) => new(Healthy()) { ["rewards/judge/contradictory/mean"] = share };
    }

    [Fact]
    public void Look_OneFaultAmongManySmallSteps_IsWeighedOverTheLastSteps()
    {
        var monitor = new RunMonitor();
        for (var step = 1; step < RunMonitor.RepeatAfter; step++) Assert.Empty(monitor.Look(step, Faulty(0), 8, null));

        Assert.Empty(monitor.Look(RunMonitor.RepeatAfter, Faulty(1 / 8.0), 8, null));
        Assert.Single(monitor.Look(RunMonitor.RepeatAfter + 1, Faulty(2 / 8.0), 8, null));

        static Dictionary<string, double> Faulty(double share)
        {
            var metrics = Healthy();
            (metrics[MetricNames.TimedOut], metrics[MetricNames.Failed]) = (share, 0);
            return metrics;
        }
    }

    [Fact]
    public void Look_SameThingAgain_IsRepeatedOnlyEverySoOften()
    {
        var monitor = new RunMonitor();
        var metrics = Healthy();
        metrics[MetricNames.ZeroStd] = 1;

        var warned = Enumerable.Range(1, 60).Where(step => monitor.Look(step, metrics, 32, null).Count > 0);

        Assert.Equal([1, 1 + RunMonitor.RepeatAfter, 1 + 2 * RunMonitor.RepeatAfter], warned);
    }

    [Theory]
    [InlineData(0.05, 0.5, true)]
    [InlineData(0.05, 0.95, false)]
    [InlineData(0.2, 0.5, false)]
    public void Look_EntropyFalls_WarnsUnlessSolved(double entropy, double accuracy, bool warns)
    {
        var monitor = new RunMonitor();
        for (var step = 1; step <= 5; step++) monitor.Look(step, Healthy(), 32, null);
        var metrics = Healthy();
        (metrics[MetricNames.Entropy], metrics[MetricNames.Accuracy]) = (entropy, accuracy);

        Assert.Equal(warns, monitor.Look(6, metrics, 32, null).Any(w => w.Contains("Entropy collapsed", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(new[] { 0.5, 0.45, 0.4 }, new[] { 0.1, 0.2, 0.3 }, true)]
    [InlineData(new[] { 0.5, 0.55, 0.6 }, new[] { 0.1, 0.2, 0.3 }, false)]
    [InlineData(new[] { 0.5, 0.45, 0.4 }, new[] { 0.3, 0.2, 0.1 }, false)]
    [InlineData(new[] { 0.5, 0.4 }, new[] { 0.1, 0.2 }, false)]
    public void Look_RewardRisesWhileAccuracyFalls_Warns(double[] accuracies, double[] rewards, bool warns)
    {
        var monitor = new RunMonitor();
        var last = new List<string>();
        for (var i = 0; i < accuracies.Length; i++)
        {
            var metrics = Healthy();
            metrics[MetricNames.Reward] = rewards[i];
            last = [.. monitor.Look(i + 1, metrics, 32, new EvaluationReport(i + 1, accuracies[i], accuracies[i], 1, 0, 1, 0, 0, 0))];
        }

        Assert.Equal(warns, last.Any(w => w.Contains("held-out accuracy falls", StringComparison.Ordinal)));
    }

    private static Dictionary<string, double> Healthy() => new()
    {
        [MetricNames.Reward] = 0.5, [MetricNames.ZeroStd] = 0.2, [MetricNames.Accuracy] = 0.5, [MetricNames.Unscored] = 0, [MetricNames.TeacherGap] = -0.1,
        [MetricNames.TeacherFar] = 0.001, [MetricNames.ClippedRatio] = 0.01, [MetricNames.Entropy] = 1, [MetricNames.MismatchMean] = 1e-6,
    };
}
