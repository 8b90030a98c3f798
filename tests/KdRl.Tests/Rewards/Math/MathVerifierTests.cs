using KdRl.Rewards;
using Microsoft.Extensions.Options;

namespace KdRl.Tests.Rewards;

public class MathVerifierTests
{
    public static TheoryData<string> EquivalenceKinds => [.. MathCases.Kinds(MathCases.Equivalence)];

    public static TheoryData<string> ExtractionKinds => [.. MathCases.Kinds(MathCases.Extraction)];

    [Theory, MemberData(nameof(EquivalenceKinds))]
    public void Verify_BoxedAnswer_JudgesAsLabelled(string kind) =>
        AssertLabels(MathCases.Read(MathCases.Equivalence, kind).Select(c => c with { Answer = $@"So the answer is \boxed{{{c.Answer}}}." }));

    [Theory, MemberData(nameof(ExtractionKinds))]
    public void Verify_WholeResponse_JudgesAsLabelled(string kind) =>
        AssertLabels(MathCases.Read(MathCases.Extraction, kind));

    /// <summary>Rounding asks which side is exact, and an option is its letter only for a reference that is one; all else holds both ways.</summary>
    [Theory, MemberData(nameof(EquivalenceKinds))]
    public void Verify_EveryKind_IsReflexiveAndSymmetric(string kind)
    {
        foreach (var (reference, answer, _) in MathCases.Read(MathCases.Equivalence, kind))
        {
            if (kind != "undefined" && HasValue(reference)) Assert.True(IsEqual(reference, reference), reference);
            if (kind != "choice" && !(reference + answer).Contains('.', StringComparison.Ordinal) && HasValue(reference) && HasValue(answer))
                Assert.True(IsEqual(reference, answer) == IsEqual(answer, reference), $"{reference} | {answer}");
        }

        static bool IsEqual(string a, string b) => MathVerifier.Verify(a, $@"\boxed{{{b}}}", MathVerifierOptions.Lenient).IsCorrect;
        static bool HasValue(string text) => MathVerifier.Verify(text, @"\boxed{1}").Status != MathVerdictStatus.InvalidReference && !text.Contains("box", StringComparison.Ordinal);
    }

    private static void AssertLabels(IEnumerable<(string Reference, string Answer, string Verdict)> cases)
    {
        var wrong = from c in cases
                    let found = MathCases.Verdict(c.Reference, c.Answer)
                    where found != c.Verdict
                    select $"{c.Reference} | {c.Answer}: {found}, expected {c.Verdict}";

        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("no box at all", MathVerdictStatus.NoAnswer)]
    [InlineData(@"\boxed{4", MathVerdictStatus.Truncated)]
    [InlineData(@"<think>\boxed{42}", MathVerdictStatus.Truncated)]
    [InlineData(@"\boxed{}", MathVerdictStatus.Rejected)]
    [InlineData("\\boxed{42\u200b}", MathVerdictStatus.Rejected)]
    [InlineData(@"\boxed{41}", MathVerdictStatus.Compared)]
    public void Verify_BadResponse_SaysWhy(string response, MathVerdictStatus status)
    {
        var verdict = MathVerifier.Verify("42", response);

        Assert.Equal((false, status), (verdict.IsCorrect, verdict.Status));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("$$")]
    [InlineData(@"\frac{1}{0}")]
    [InlineData("4\u200b2")]
    public void Verify_BadReference_BlamesTheReference(string reference) =>
        Assert.Equal(MathVerdictStatus.InvalidReference, MathVerifier.Verify(reference, @"\boxed{42}").Status);

    [Fact]
    public void Verify_FoundAnswer_IsReportedWithItsPlace()
    {
        var verdict = MathVerifier.Verify("1/2", @"So \boxed{\dfrac{1}{2}}");

        Assert.Equal((true, @"\dfrac{1}{2}", "frac{1}{2}", 10), (verdict.IsCorrect, verdict.ExtractedAnswer, verdict.Normalized, verdict.Start));
    }

    [Fact]
    public void Verify_SingleBox_RefusesASecondOne()
    {
        var options = new MathVerifierOptions { Source = MathAnswerSource.SingleBox };
        const string changed = @"First \boxed{41}, but looking at it again gives \boxed{42}.";

        Assert.Equal(MathVerdictStatus.Ambiguous, MathVerifier.Verify("42", changed, options).Status);
        Assert.True(MathVerifier.Verify("42", changed).IsCorrect);
        Assert.True(MathVerifier.Verify("42", @"First \boxed{42}, and looking at it again \boxed{ 42 }.", options).IsCorrect);
    }

    [Theory]
    [InlineData(@"\frac{2}{4}", false)]
    [InlineData(@"\frac{4}{2}", false)]
    [InlineData(@"\frac{1}{2}", true)]
    [InlineData("0.5", true)]
    [InlineData("1-1/2", false)]
    [InlineData(@"\frac{1}{2} \cdot 1", false)]
    public void Verify_SimplestForm_RefusesUnreducedFractions(string answer, bool expected)
    {
        var reference = answer == @"\frac{4}{2}" ? "2" : @"\frac{1}{2}";

        Assert.Equal(expected, MathVerifier.Verify(reference, $@"\boxed{{{answer}}}", new MathVerifierOptions { RequireSimplestForm = true }).IsCorrect);
    }

    [Fact]
    public void Verify_OrderedLists_KeepsTheOrder()
    {
        var options = new MathVerifierOptions { OrderedLists = true };

        Assert.True(MathVerifier.Verify("1, 2", @"\boxed{1, 2}", options).IsCorrect);
        Assert.False(MathVerifier.Verify("1, 2", @"\boxed{2, 1}", options).IsCorrect);
    }

    [Fact]
    public void Verify_MinDecimalPlaces_SaysHowManyDigitsRoundingNeeds()
    {
        Assert.False(MathVerifier.Verify("1/3", @"\boxed{0.333}").IsCorrect);
        Assert.True(MathVerifier.Verify("1/3", @"\boxed{0.333}", new MathVerifierOptions { MinDecimalPlaces = 3 }).IsCorrect);
    }

    [Fact]
    public void Verify_ThousandsOfBoxesSideBySide_AreNoAnswer() =>
        Assert.Equal(MathVerdictStatus.Rejected, MathVerifier.Verify("1", string.Concat(Enumerable.Repeat(@"\boxed{1}, ", 5000))).Status);

    [Fact]
    public void Verify_BoxesNeverClosedBeforeOne_DoNotHideIt() =>
        Assert.True(MathVerifier.Verify("42", string.Concat(Enumerable.Repeat(@"\boxed{", 5000)) + @" \boxed{42}").IsCorrect);

    [Fact]
    public void Verify_AbsoluteValuesInEachOther_AreOne()
    {
        var nested = $@"\boxed{{{new string('|', 30)}x{new string('|', 30)} < 2}}";

        Assert.True(MathVerifier.Verify("(-2,2)", nested).IsCorrect);
        Assert.False(MathVerifier.Verify("(-2,3)", nested).IsCorrect);
    }

    [Fact]
    public void Verify_IgnoreParameterNames_RenamesOnlyParameters()
    {
        var options = new MathVerifierOptions { IgnoreParameterNames = true };

        Assert.True(MathVerifier.Verify("f(x)=2x", @"\boxed{f(t)=2t}", options).IsCorrect);
        Assert.True(MathVerifier.Verify("f(x,y)=x-y", @"\boxed{f(a,b)=a-b}", options).IsCorrect);
        Assert.True(MathVerifier.Verify("f(x,y)=x-y", @"\boxed{f(y,x)=y-x}", options).IsCorrect);
        Assert.False(MathVerifier.Verify("f(x,y)=x-y", @"\boxed{f(y,x)=x-y}", options).IsCorrect);
        Assert.False(MathVerifier.Verify("f(x)=x+x", @"\boxed{f(t)=x+t}", options).IsCorrect);
        Assert.False(MathVerifier.Verify("f(x)=2x", @"\boxed{g(t)=2t}", options).IsCorrect);
        Assert.False(MathVerifier.Verify("f(x)=2x", @"\boxed{f(t)=2t}").IsCorrect);
    }

    [Fact]
    public void Verify_OptionOutOfRange_SaysWhichAndWhatIsExpected()
    {
        var error = Assert.Throws<OptionsValidationException>(() => MathVerifier.Verify("1", "1", new MathVerifierOptions { MaxDepth = 0 }));

        Assert.Contains("MaxDepth is 0; expected 1 to 200", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_Null_IsRefused()
    {
        Assert.Throws<ArgumentNullException>(() => MathVerifier.Verify(null!, "1"));
        Assert.Throws<ArgumentNullException>(() => MathVerifier.Verify("1", null!));
    }
}
