using System.Text.Json;
using FsCheck.Xunit;
using KdRl.Rewards.Code;

namespace KdRl.Tests.Rewards.Code;

public sealed class ComparerTests
{
    [Theory]
    [InlineData("3", "3\n")]
    [InlineData("a b\nc\n", "a b  \nc\n\n\n")]
    [InlineData("a b", "a  b")]
    [InlineData("a\r\nb\r\n", "a\nb")]
    [InlineData("0.5", "0.50000000001")]
    [InlineData("1e10", "10000000001")]
    [InlineData("1.0", "1")]
    [InlineData("", "\n \n")]
    [InlineData("nan", "nan")]
    [InlineData("\na", "\na")]
    public void OutputComparer_SameOutput_IsEqual(string expected, string actual) => Assert.True(OutputComparer.AreEqual(expected, actual));

    [Theory]
    [InlineData("3", "")]
    [InlineData("1\n2\n3", "1\n2")] // a prefix is not enough
    [InlineData("1\n2", "1\n2\n3")]
    [InlineData("1 2", "1\n2")]
    [InlineData("a b", "b a")]
    [InlineData("3", "3.0")] // a whole number was expected
    [InlineData("3", "3.0000001")]
    [InlineData("0.5", "0.5001")]
    [InlineData("0.5", "nan")]
    [InlineData("1e400", "1e401")] // not finite
    [InlineData("1e5", "1e5x")]
    [InlineData("a", "A")]
    [InlineData("a", "\na")]
    [InlineData("1.5", "1,5")]
    public void OutputComparer_OtherOutput_IsNotEqual(string expected, string actual) => Assert.False(OutputComparer.AreEqual(expected, actual));

    [Property(MaxTest = 300)]
    public bool OutputComparer_AnyText_EqualsItselfAndNotALongerOne(string? text) =>
        OutputComparer.AreEqual(text ?? "", text ?? "") && !OutputComparer.AreEqual(text ?? "", text + "\nx");

    [Theory]
    [InlineData("3", "3")]
    [InlineData("3", "3.0")]
    [InlineData("0.1", "0.10000000001")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    [InlineData("123456789012345678901234567890", """{"$int": "123456789012345678901234567890"}""")]
    [InlineData("[1, [2, \"a\"], null, true]", """{"$tuple": [1, [2, "a"], null, true]}""")]
    [InlineData("""{"a": 1, "2": [3]}""", """{"$dict": [[2, [3]], ["a", 1]]}""")]
    [InlineData("{}", """{"$dict": []}""")]
    [InlineData("null", """{"$undefined": true}""")]
    [InlineData("\"é\"", "\"\\u00e9\"")]
    public void ValueComparer_SameValue_IsEqual(string expected, string actual) => Assert.True(Equal(expected, actual));

    [Theory]
    [InlineData("1", "true")]
    [InlineData("true", "1")]
    [InlineData("1", "\"1\"")]
    [InlineData("\"1\"", "1")]
    [InlineData("[]", "null")]
    [InlineData("[1, 2]", "[1]")]
    [InlineData("[1]", "[1, 2]")]
    [InlineData("[1, 2]", "[2, 1]")]
    [InlineData("[1, 2]", """{"$set": [1, 2]}""")]
    [InlineData("3", "3.0000001")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567891")]
    [InlineData("1e400", "1e401")]
    [InlineData("0.5", """{"$float": "nan"}""")]
    [InlineData("1", """{"$ref": 0}""")]
    [InlineData("null", """{"$ref": 0}""")]
    [InlineData("null", """{"$undefined": true, "x": 1}""", true)]
    [InlineData("""{"a": 1}""", """{"a": 1}""")] // a host never writes a bare object
    [InlineData("""{"a": 1}""", """{"$dict": [["a", 1], ["b", 2]]}""")]
    [InlineData("""{"a": 1}""", """{"$dict": [["a", 1], ["a", 1]]}""")]
    [InlineData("""{"a": 1}""", """{"$dict": [["b", 1]]}""")]
    [InlineData("""{"a": 1}""", """{"$dict": [1]}""")]
    [InlineData("""{"a": 1}""", """{"$dict": 1}""")]
    [InlineData("[1]", """{"$tuple": 1}""")]
    [InlineData("1", """{"$int": "1x"}""")]
    public void ValueComparer_OtherValue_IsNotEqual(string expected, string actual, bool isMissing = false) => Assert.Equal(isMissing, Equal(expected, actual));

    [Property(MaxTest = 300)]
    public bool ValueComparer_AnyNumbers_AgreeWithArithmetic(int a, int b) =>
        Equal(a.ToString(), b.ToString()) == (a == b) && Equal($"{a}.0", $"{b}.0") == (Math.Abs((double)a - b) <= 1e-6 * Math.Max(1, Math.Abs((double)a)));

    private static bool Equal(string expected, string actual) => ValueComparer.AreEqual(JsonElement.Parse(expected), JsonElement.Parse(actual));
}
