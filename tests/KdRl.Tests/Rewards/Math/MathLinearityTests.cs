using System.Globalization;
using KdRl.Rewards;
using KdRl.TestSupport;

namespace KdRl.Tests.Rewards;

/// <summary>What a long response costs, counted in bytes allocated and places kept, never in time.</summary>
public class MathLinearityTests
{
    private const int Short = 32_000, Long = 320_000;

    public static TheoryData<string> Kinds => [.. HostileTexts.Units.Select(u => u.Kind)];

    [Theory, MemberData(nameof(Kinds))]
    public void Verify_TenTimesTheText_AllocatesNoMore(string kind)
    {
        var unit = HostileTexts.Units.Single(u => u.Kind == kind).Unit;
        foreach (var end in (string[])[@"\boxed{42}", "} so the answer is 42", "} 42"])
            foreach (var options in (MathVerifierOptions[])[MathVerifierOptions.Strict, MathVerifierOptions.Lenient])
            {
                var (few, many) = (Allocated(HostileTexts.Repeat(unit, Short) + end, options), Allocated(HostileTexts.Repeat(unit, Long) + end, options));

                Assert.True(many <= few + 1024, string.Create(CultureInfo.InvariantCulture, $"{end}, {options.Source}: {few} bytes for {Short} characters, {many} for {Long}"));
                Assert.InRange(few, 1, 100_000);
            }
    }

    /// <summary>Braces are matched only around the last box, whatever stands before it.</summary>
    [Theory]
    [InlineData(@"\boxed{")]
    [InlineData(@"\boxed{}")]
    [InlineData(@"\fbox")]
    [InlineData(@"\fbox{{")]
    public void Starts_ManyBoxes_KeepsThoseNearTheLast(string unit)
    {
        const int within = 4000;
        var text = HostileTexts.Repeat(unit, Long);
        var starts = MathBoxes.Starts(text, 0, within);

        Assert.Equal(within / unit.Length + 1, starts.Length);
        Assert.Equal(MathBoxes.Starts(text, 0, int.MaxValue)[^starts.Length..], starts);
    }

    [Theory]
    [InlineData(@"\boxed{\boxed{1} \boxed{2}}", @"\boxed{1} \boxed{2}")]
    [InlineData(@"\boxed{ \boxed{1}, \boxed{2}", "1")]
    [InlineData(@"\boxed{1} and \boxed{2} and \boxed{3}", "1")]
    [InlineData(@"```\boxed{1}``` \boxed{2}", "2")]
    [InlineData(@"\boxed{3}, ```\boxed{1}``` \boxed{2}", "2")]
    [InlineData("\\boxed 5\n", "5")]
    public void Verify_BoxesBehindALongText_AreWhatTheyAreAlone(string boxes, string first)
    {
        var alone = MathVerifier.Verify("1", boxes);
        foreach (var (_, unit) in HostileTexts.Units.Where(u => !u.Kind.Contains("box", StringComparison.Ordinal) && u.Kind != "code fences"))
        {
            var behind = MathVerifier.Verify("1", HostileTexts.Repeat(unit, Short) + " " + boxes);

            Assert.Equal((alone.Status, alone.ExtractedAnswer), (behind.Status, behind.ExtractedAnswer));
        }
        Assert.StartsWith(first, alone.ExtractedAnswer, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_AnnouncementFarFromTheEnd_IsNoAnswer()
    {
        var lenient = MathVerifierOptions.Lenient;
        var near = "The answer is 42.\n" + HostileTexts.Repeat("So be it.\n", 15_000);
        var far = "The answer is 42.\n" + HostileTexts.Repeat("So be it.\n", 16_000);

        Assert.True(MathVerifier.Verify("42", near, lenient).IsCorrect);
        Assert.False(MathVerifier.Verify("42", far, lenient).IsCorrect);
        Assert.True(MathVerifier.Verify("42", far + @"\boxed{42}", lenient).IsCorrect);
        Assert.True(MathVerifier.Verify("42", @"\boxed{42}" + far, MathVerifierOptions.Strict).IsCorrect);
    }

    /// <summary>The least of several counts: a collection that another test causes meanwhile adds what is left of a buffer.</summary>
    private static long Allocated(string response, MathVerifierOptions options) => Enumerable.Range(0, 5).Min(_ =>
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        MathVerifier.Verify("42", response, options);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    });
}
