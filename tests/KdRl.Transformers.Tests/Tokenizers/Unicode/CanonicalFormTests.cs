using KdRl.Transformers.Tokenizers.Unicode;

namespace KdRl.Transformers.Tests.Tokenizers.Unicode;

public class CanonicalFormTests
{
    /// <summary>Cases of the Unicode Standard, Annex 15, and of its conformance rules.</summary>
    [Theory]
    [InlineData("plain", "plain", "plain")]
    [InlineData("e\u0301", "\u00E9", "e\u0301")]
    [InlineData("\u212B", "\u00C5", "A\u030A")]
    [InlineData("\u2126", "\u03A9", "\u03A9")]
    [InlineData("s\u0307\u0323", "\u1E69", "s\u0323\u0307")]
    [InlineData("\u1E0B\u0323", "\u1E0D\u0307", "d\u0323\u0307")]
    [InlineData("a\u0301\u0327", "\u00E1\u0327", "a\u0327\u0301")]
    [InlineData("\uFB01", "\uFB01", "\uFB01")]
    [InlineData("\u1100\u1161\u11A8", "\uAC01", "\u1100\u1161\u11A8")]
    [InlineData("\uAC00\u11A8", "\uAC01", "\u1100\u1161\u11A8")]
    [InlineData("\uAC01\u11A8", "\uAC01\u11A8", "\u1100\u1161\u11A8\u11A8")]
    [InlineData("\u0958", "\u0915\u093C", "\u0915\u093C")]
    [InlineData("\u0344", "\u0308\u0301", "\u0308\u0301")]
    [InlineData("a\u0315\u0300\u05AE\u0062", "\u00E0\u05AE\u0315b", "a\u05AE\u0300\u0315b")]
    [InlineData("\u09C7\u0334\u09BE", "\u09C7\u0334\u09BE", "\u09C7\u0334\u09BE")]
    [InlineData("\u09C7\u09BE", "\u09CB", "\u09C7\u09BE")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165", "\U0001D157\U0001D165")]
    [InlineData("\U00011099\U000110BA", "\U0001109A", "\U00011099\U000110BA")]
    [InlineData("\u0301e", "\u0301e", "\u0301e")]
    public void Forms_OfText_AreTheStandards(string text, string composed, string decomposed)
    {
        Assert.Equal(composed, CanonicalForm.Compose(text));
        Assert.Equal(decomposed, CanonicalForm.Decompose(text));
        Assert.Equal(composed, CanonicalForm.Compose(decomposed));
        Assert.Equal(composed, CanonicalForm.Compose(composed));
    }

    [Fact]
    public void Forms_OfEveryCharacter_AreStable()
    {
        for (var c = 0; c <= 0x10FFFF; c++)
        {
            if (c is >= 0xD800 and <= 0xDFFF) continue;
            var text = char.ConvertFromUtf32(c);
            var (composed, decomposed) = (CanonicalForm.Compose(text), CanonicalForm.Decompose(text));
            if (composed != CanonicalForm.Compose(decomposed) || composed != CanonicalForm.Compose(composed) || decomposed != CanonicalForm.Decompose(composed)) Assert.Fail($"U+{c:X4}");
        }
    }

    [Fact]
    public void Compose_ManyMarks_StaysFast()
    {
        var text = "a" + string.Concat(Enumerable.Repeat("\u0301\u0323", 200_000));
        Assert.Equal(400_000, CanonicalForm.Compose(text).Length);
    }
}
