using KdRl.Rewards;

namespace KdRl.Tests.Rewards.Rules;

public class JsonSchemaRewardTests
{
    private const string Person = """
        { "type": "object", "required": ["name", "age"], "additionalProperties": false,
          "properties": { "name": { "type": "string", "pattern": "^[A-Z]" }, "age": { "type": "integer", "minimum": 0 }, "friend": { "$ref": "#" } } }
        """;

    [Theory]
    [InlineData("""{"name":"Ann","age":3}""", 1, 1)]
    [InlineData("""{"name":"Ann","age":3,"friend":{"name":"Bo","age":4}}""", 1, 1)]
    [InlineData("""{"name":"Ann","age":3,"friend":{"name":"bo","age":4}}""", 1, 0)]
    [InlineData("""{"name":"Ann","age":-3}""", 1, 0)]
    [InlineData("""{"name":"Ann"}""", 1, 0)]
    [InlineData("""{"name":"Ann","age":3,"x":0}""", 1, 0)]
    [InlineData("""{"name":"\ud800","age":3}""", 1, 0)]
    [InlineData("""{"\ud800":"Ann","age":3}""", 1, 0)]
    [InlineData("Ann is 3.", 0, 0)]
    public void ScoreAsync_Answers_AreCheckedAgainstTheSchema(string answer, double parsed, double valid)
    {
        var outcome = FormatReward.JsonSchema(Person).Score(Requests.Of($"<think>hm</think>\n```json\n{answer}\n```"));

        Assert.Equal(valid, outcome.Value);
        Assert.Equal((parsed, valid), (outcome.Parts["parsed"], outcome.Parts["valid"]));
    }

    [Fact]
    public void ScoreAsync_PatternThatBlowsUpElsewhere_IsLinear()
    {
        var reward = FormatReward.JsonSchema("""{ "pattern": "^(a+)+$" }""");

        // A backtracking engine needs 2^90,000 steps here.
        Assert.Equal(0, reward.Score(Requests.Of($"\"{new string('a', 90_000)}b\"")).Value);
        Assert.Equal(1, reward.Score(Requests.Of("\"aaa\"")).Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{ "type": 7 }""")]
    [InlineData("""{ "pattern": "(?=a)" }""")]
    [InlineData("""{ "patternProperties": { "(a+)+$": true } }""")]
    [InlineData("""{ "$schema": "http://json-schema.org/draft-07/schema#" }""")]
    [InlineData("""{ "items": { "$ref": "https://example.com/schema" } }""")]
    public void Constructor_SchemasThatCannotBeUsed_AreRefused(string schema) => Assert.Throws<ArgumentException>(() => FormatReward.JsonSchema(schema));

    [Fact]
    public void Constructor_PropertiesNamedLikeKeywords_AreProperties()
    {
        var reward = FormatReward.JsonSchema("""{ "$schema": "https://json-schema.org/draft/2020-12/schema", "properties": { "patternProperties": { "type": "string" } }, "enum": [{ "$ref": "x" }] }""");

        Assert.Equal(1, reward.Score(Requests.Of("""{ "$ref": "x" }""")).Value);
    }

    [Fact]
    public void ScoreAsync_HostileTexts_EarnNothing()
    {
        var reward = FormatReward.JsonSchema(Person);

        Assert.All(HostileTexts.All(), text => Assert.Equal(0, reward.Score(Requests.Of(text)).Value));
    }
}
