using KdRl.Rewards.Code;

namespace KdRl.Tests.Rewards.Code;

public sealed class CodeTestsTests
{
    [Fact]
    public void Parse_Program_GivesItsCases()
    {
        var tests = Assert.IsType<ProgramTests>(CodeTests.Parse("""{"language": "javascript", "cases": [{"input": "1", "output": "2"}, {"input": "", "output": ""}]}"""));

        Assert.Equal("javascript", tests.Language);
        Assert.Equal([new ProgramCase("1", "2"), new ProgramCase("", "")], tests.Cases);
    }

    [Fact]
    public void Parse_Function_GivesItsCases()
    {
        var tests = Assert.IsType<FunctionTests>(CodeTests.Parse("""{"function": "S.f", "prefix": "import math", "cases": [{"args": [1, "a"], "result": null}]}"""));

        Assert.Equal(("S.f", "python", "import math"), (tests.Function, tests.Language, tests.Prefix));
        Assert.Equal(["1", "a"], tests.Cases[0].Args.Select(a => a.ToString()));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, tests.Cases[0].Result.ValueKind);
    }

    [Fact]
    public void Parse_Assert_GivesTheCode()
    {
        var tests = Assert.IsType<AssertTests>(CodeTests.Parse("""{"assert": "assert f(1) == 2", "names": ["f"]}"""));

        Assert.Equal("assert f(1) == 2", tests.Code);
        Assert.Equal(["f"], tests.Names);
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("[]", "Array")]
    [InlineData("{}", "cases")]
    [InlineData("""{"cases": []}""", "cases")]
    [InlineData("""{"cases": [1]}""", "case 0")]
    [InlineData("""{"cases": [{"input": "1"}]}""", "output")]
    [InlineData("""{"cases": [{"input": 1, "output": "1"}]}""", "input")]
    [InlineData("""{"function": "f", "cases": [{"args": 1, "result": 1}]}""", "args")]
    [InlineData("""{"function": "f", "cases": [{"args": [1]}]}""", "result")]
    [InlineData("""{"function": "f", "assert": "x"}""", "one of them")]
    [InlineData("""{"assert": "x", "cases": []}""", "no effect")]
    [InlineData("""{"assert": "x", "names": "f"}""", "names")]
    [InlineData("""{"cases": [{"input": "", "output": ""}], "names": ["f"]}""", "names")]
    [InlineData("""{"test": "x"}""", "test")]
    [InlineData("""{"assert": "\ud800"}""", "Unicode")]
    public void Parse_Malformed_SaysWhere(string json, string part) => Assert.Contains(part, Assert.Throws<FormatException>(() => CodeTests.Parse(json)).Message, StringComparison.Ordinal);
}
