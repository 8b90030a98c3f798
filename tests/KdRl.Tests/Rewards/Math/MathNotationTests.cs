using KdRl.Rewards;

namespace KdRl.Tests.Rewards;

/// <summary>Numbers as people write them where a data set says so.</summary>
public class MathNotationTests
{
    private static readonly MathVerifierOptions Comma = new() { DecimalComma = true };
    private static readonly MathVerifierOptions Words = new() { NumberWords = true };

    [Theory]
    [InlineData("3.5", "3,5")]
    [InlineData("3,5", "3.5")]
    [InlineData("3,5", "3,50")]
    [InlineData("7/2", "3,5")]
    [InlineData("-0,25", @"-\frac{1}{4}")]
    [InlineData("0.125", "0,125")]
    [InlineData("0.125", "0{,}125")]
    [InlineData("3.5", "3{,}5")]
    [InlineData("1234.567", "1234,567")]
    [InlineData("1234.5", "1.234,5")]
    [InlineData("1234567", "1.234.567")]
    [InlineData("1234567.89", "1.234.567,89")]
    [InlineData("1234.5", "1 234,5")]
    [InlineData("1/3", "0,3333")]
    [InlineData("12.5 cm", @"12,5\text{ cm}")]
    [InlineData("12,5 %", "0,125")]
    [InlineData("1.5x", "1,5x")]
    [InlineData(@"\frac{1.5}{2}", @"\frac{1,5}{2}")]
    [InlineData("2^{0.5}", "2^{0,5}")]
    [InlineData("(1.5, 2.5)", "(1,5; 2,5)")]
    [InlineData("(1.5, 2.5)", "(1,5, 2,5)")]
    [InlineData("1.5, 2", "1,5; 2")]
    [InlineData("1.5, 2", "1,5 und 2", false)]
    [InlineData("[0.5, 1]", "[0,5; 1]")]
    // What groups thousands or separates stays what it is.
    [InlineData("1234", "1,234")]
    [InlineData("1.234", "1,234", false)]
    [InlineData("1234567", "1,234,567")]
    [InlineData("1234", "1{,}234")]
    [InlineData("1234", "1.234", false)]
    [InlineData("1.234", "1.234")]
    [InlineData("35", "3,5", false)]
    [InlineData("3", "3,5", false)]
    [InlineData("(3, 5)", "(3,5)")]
    [InlineData("1, 2, 3", "1,2,3")]
    [InlineData("1, 2", "1, 2")]
    [InlineData(@"\{1, 2\}", @"\{1,2\}")]
    [InlineData("3, 5", "3,5", false)]
    [InlineData("12.35", "1,235", false)]
    public void Verify_DecimalComma_ReadsItWhereItCannotGroupThousands(string reference, string answer, bool expected = true)
    {
        Assert.Equal(expected, IsCorrect(reference, answer, Comma));
        Assert.True(IsCorrect(answer, answer, Comma));
    }

    [Theory]
    [InlineData("3.5", "3,5")]
    [InlineData("3.5", "3{,}5")]
    [InlineData("125", "0{,}125")]
    [InlineData("0.125", "0,125")]
    public void Verify_DecimalCommaNotAskedFor_RefusesIt(string reference, string answer)
    {
        Assert.False(IsCorrect(reference, answer, MathVerifierOptions.Strict));
        Assert.False(IsCorrect(reference, answer, MathVerifierOptions.Lenient));
    }

    [Theory]
    [InlineData("3.5", "Die Summe ist 3,5")]
    [InlineData("3.5", "The answer is 3,5.")]
    [InlineData("1234.5", "Insgesamt sind es 1.234,5 Meter.")]
    [InlineData("1234", "In total there are 1,234.")]
    public void Verify_DecimalCommaWithoutBox_TakesTheWholeNumber(string reference, string response)
    {
        var options = MathVerifierOptions.Lenient;
        options.DecimalComma = true;

        Assert.True(MathVerifier.Verify(reference, response, options).IsCorrect);
    }

    [Theory]
    [InlineData("12", "twelve")]
    [InlineData("42", "forty-two")]
    [InlineData("42", "Forty two")]
    [InlineData("105", "one hundred and five")]
    [InlineData("105", "a hundred five")]
    [InlineData("123", @"\text{one hundred twenty-three}")]
    [InlineData("1200", "twelve hundred")]
    [InlineData("2005", "two thousand and five")]
    [InlineData("2300005", "two million three hundred thousand and five")]
    [InlineData("24", "two dozen")]
    [InlineData("-7", "minus seven")]
    [InlineData("-7", "negative seven")]
    [InlineData("1/2", "half")]
    [InlineData("1/2", "one half")]
    [InlineData("1/2", "a half")]
    [InlineData("2/3", "two thirds")]
    [InlineData("2/3", "two-thirds")]
    [InlineData("-3/4", "minus three quarters")]
    [InlineData("5/2", "two and a half")]
    [InlineData("11/4", "two and three quarters")]
    [InlineData("3.14", "three point one four")]
    [InlineData("25%", "twenty-five percent")]
    [InlineData("12", "twelve apples")]
    [InlineData("105 dollars", "one hundred and five dollars")]
    [InlineData("5, 6", "five and six")]
    [InlineData("one hundred and five", "105")]
    [InlineData("12", "thirteen", false)]
    [InlineData("12", "one two", false)]
    [InlineData("3", "one two", false)]
    [InlineData("30", "twenty ten", false)]
    [InlineData("1/5", "fifth", false)]
    [InlineData("2/3", "two third", false)]
    [InlineData("20/5", "twenty-fifth", false)]
    [InlineData("2", "two-headed", false)]
    [InlineData("1", "one-to-one", false)]
    [InlineData("12", "not twelve", false)]
    [InlineData("12", "twelve or thirteen", false)]
    [InlineData("100", "one hundred and five", false)]
    [InlineData("5", "one hundred and five", false)]
    [InlineData("7", "minus seven", false)]
    [InlineData("2", "two and a half", false)]
    [InlineData("one-to-one", "one-to-one")]
    [InlineData("twenty-fifth", "twenty-fifth")]
    public void Verify_NumberWords_ReadsWholePhrasesOnly(string reference, string answer, bool expected = true)
    {
        Assert.Equal(expected, IsCorrect(reference, answer, Words));
        Assert.Equal(expected, IsCorrect(reference, answer, MathVerifierOptions.Lenient));
        Assert.True(IsCorrect(answer, answer, Words));
    }

    [Theory]
    [InlineData("12", "twelve apples")]
    [InlineData("105", "one hundred and five")]
    [InlineData("-7", "minus seven")]
    [InlineData("1/2", "half")]
    [InlineData("5/2", "two and a half")]
    [InlineData("5", "one hundred and five")]
    [InlineData("7", "minus seven")]
    public void Verify_NumberWordsNotAskedFor_RefusesPhrases(string reference, string answer) =>
        Assert.False(IsCorrect(reference, answer, MathVerifierOptions.Strict));

    private static bool IsCorrect(string reference, string answer, MathVerifierOptions options) => MathVerifier.Verify(reference, $@"\boxed{{{answer}}}", options).IsCorrect;
}
