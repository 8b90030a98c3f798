using FsCheck.Xunit;
using KdRl.Rewards;

namespace KdRl.Tests.Rewards.Judges.Panel;

public class JudgeQuestionTests
{
    [Fact]
    public void Nonce_AnyDifference_GivesAnother()
    {
        var question = Ask("question", "answer");
        string[] nonces =
        [
            question.Nonce(0, 0, 0), question.Nonce(1, 0, 0), question.Nonce(0, 1, 0), question.Nonce(0, 0, 1), Ask("question", "answer!").Nonce(0, 0, 0),
            Ask("questiona", "nswer").Nonce(0, 0, 0), (question with { Task = "other" }).Nonce(0, 0, 0),
        ];

        Assert.Equal(nonces.Length, nonces.Distinct().Count());
        Assert.All(nonces, n => Assert.Equal(32, n.Length));
    }

    [Fact]
    public void Nonce_SameRequest_IsTheSame() => Assert.Equal(Ask("q", "a").Nonce(3, 1, 2), Ask("q", "a").Nonce(3, 1, 2));

    [Fact]
    public void Nonce_InsertedIntoTheAnswer_IsNoLongerItsNonce()
    {
        var stolen = Ask("q", "a").Nonce(0, 0, 0);

        Assert.NotEqual(stolen, Ask("q", stolen).Nonce(0, 0, 0));
    }

    [Property(MaxTest = 200)]
    public bool Messages_AnyAnswer_StandsBetweenTheMarkersOnceAndTheTaskAfterIt(string? answer)
    {
        var question = Ask("What?", "x" + answer);
        var code = question.Nonce(0, 0, 0);
        var user = question.Messages(code)[1].Text;
        var (begin, end) = ($"[BEGIN answer {code}]", $"[END answer {code}]");

        return user.Split(begin).Length == 2 && user.Split(end).Length == 2 && user.LastIndexOf("Judge it.", StringComparison.Ordinal) > user.IndexOf(end, StringComparison.Ordinal);
    }

    [Fact]
    public void Messages_AnswerThatLooksLikeATemplate_IsShownAsItIs() =>
        Assert.Contains("{question} {{nonce}} {0} ## Reply", Ask("What?", "{question} {{nonce}} {0} ## Reply").Messages("code")[1].Text, StringComparison.Ordinal);

    private static JudgeQuestion Ask(string question, string answer) =>
        new("Judge it.", [new("question", question), new("answer", answer)], [JudgeField.Integer("score", 1, 10)]);
}
