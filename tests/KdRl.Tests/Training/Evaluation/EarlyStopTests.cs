using KdRl.Training;

namespace KdRl.Tests.Training.Evaluation;

public class EarlyStopTests
{
    [Fact]
    public void Reason_NoOptions_NeverEnds() => Assert.Null(EarlyStop.Reason(Of(1, 0.5, 0.4, 0.3), new EarlyStopOptions()));

    [Theory]
    [InlineData(new[] { 0.5, 0.4 }, false)]
    [InlineData(new[] { 0.5, 0.4, 0.5 }, true)]
    [InlineData(new[] { 0.5, 0.4, 0.51 }, false)]
    [InlineData(new[] { 0.5, 0.6, 0.55, 0.6 }, true)]
    public void Reason_Patience_CountsEvaluationsWithoutImprovement(double[] accuracies, bool ends) =>
        Assert.Equal(ends, EarlyStop.Reason(Of(accuracies), new EarlyStopOptions { Patience = 2 }) is not null);

    [Fact]
    public void Reason_SmallImprovement_DoesNotCount() =>
        Assert.NotNull(EarlyStop.Reason(Of(0.5, 0.505, 0.51), new EarlyStopOptions { Patience = 2, MinImprovement = 0.02 }));

    [Fact]
    public void Reason_Target_EndsWhenReached()
    {
        var options = new EarlyStopOptions { TargetAccuracy = 0.9 };

        Assert.Null(EarlyStop.Reason(Of(0.89), options));
        Assert.NotNull(EarlyStop.Reason(Of(0.89, 0.9), options));
        Assert.Null(EarlyStop.Reason(Of(double.NaN), options));
    }

    private static EvaluationReport[] Of(params double[] accuracies) => [.. accuracies.Select((a, i) => new EvaluationReport(i, a, a, 1, a, 1, 0, 0, 0))];
}
