using KdRl.Examples.Quickstart.Tasks;

namespace KdRl.Examples.Tests.Quickstart;

public sealed class AnswerVerifierTests
{
    [Theory]
    [InlineData("5+4=2,2*6=5;", true)]
    [InlineData("5+4=2,2*6=5", true)]
    [InlineData("2*6=5;", true)]
    [InlineData("5+4=2,2*6=4;", false)]
    [InlineData("5+4=5,2*6=4;", false)]
    [InlineData("5", false)]
    [InlineData("=5;", false)]
    [InlineData("5+4=2,2*6=5;;", false)]
    [InlineData("5+4=2,2*6=5;\n", false)]
    [InlineData("5+4=2,2*6=5; ", false)]
    [InlineData("5+4=2,,2*6=5;", false)]
    [InlineData("5+4=2;2*6=5;", false)]
    [InlineData("2*6=5,", false)]
    [InlineData("2*6=9;", false)]
    [InlineData("", false)]
    public void Verify_FinishedAnswer_IsRightOnlyWhenTheLastResultIs(string response, bool right)
    {
        var outcome = AnswerVerifier.Verify("5", response, finished: true);
        Assert.Equal(right, outcome.Correct);
        Assert.Equal(right ? 1 : 0, outcome.Value);
    }

    [Fact]
    public void Verify_CutAnswer_IsWrong() => Assert.False(AnswerVerifier.Verify("5", "5+4=2,2*6=5", finished: false).Correct);
}
