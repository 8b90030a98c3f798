using KdRl.Rewards;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace KdRl.Tests.Rewards.Judges.Options;

public class JudgeOptionsValidatorTests
{
    public static TheoryData<JudgeOptions, string> Broken => new()
    {
        { new() { Name = "" }, "Name" },
        { new() { Votes = 0 }, "Votes" },
        { new() { VoteRule = (JudgeVoteRule)9 }, "VoteRule is 9" },
        { new() { Votes = 3, Quorum = 4 }, "Quorum is 4 with 3 votes" },
        { new() { Votes = 3, Temperature = 0 }, "copies of one" },
        { new() { Temperature = 3 }, "Temperature" },
        { new() { Temperature = 1, SendSampling = false }, "SendSampling is false" },
        { new() { MaxAnswerCharacters = 10 }, "MaxAnswerCharacters" },
        { new() { MaxReasks = -1 }, "MaxReasks" },
        { new() { Calls = new() { AttemptTimeout = TimeSpan.Zero } }, "AttemptTimeout" },
        { new() { Calls = new() { MaxRetries = -1 } }, "MaxRetries" },
        { new() { Calls = new() { MaxDelay = TimeSpan.FromMilliseconds(1) } }, "Calls.MaxDelay is" },
        { new() { Calls = new() { MaxOutage = TimeSpan.Zero } }, "MaxOutage" },
        { new() { Calls = new() { RequestsPerMinute = 0 } }, "RequestsPerMinute" },
        { new() { Calls = new() { TokensPerMinute = 1 } }, "TokensPerMinute" },
        { new() { Calls = new() { MaxConcurrency = 0 } }, "MaxConcurrency" },
        { new() { Calls = new() { InputPricePerMillion = double.NaN } }, "InputPricePerMillion" },
    };

    [Theory, MemberData(nameof(Broken))]
    public void Validate_OptionsThatDoNotFit_AreRefused(JudgeOptions options, string why)
    {
        var result = new JudgeOptionsValidator().Validate(null, options);

        Assert.True(result.Failed);
        Assert.Contains(why, result.FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_Defaults_Fit() => Assert.True(new JudgeOptionsValidator().Validate(null, new JudgeOptions()).Succeeded);

    [Fact]
    public void Validate_BoundFromConfiguration_HasTheValues()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Votes"] = "3", ["VoteRule"] = "Majority", ["Calls:AttemptTimeout"] = "00:00:05", ["Calls:RequestsPerMinute"] = "90",
        }).Build();

        var options = configuration.Get<JudgeOptions>()!;

        Assert.True(new JudgeOptionsValidator().Validate(null, options).Succeeded);
        Assert.Equal((3, JudgeVoteRule.Majority, TimeSpan.FromSeconds(5), 90), (options.Votes, options.VoteRule, options.Calls.AttemptTimeout, options.Calls.RequestsPerMinute));
    }

    [Fact]
    public void Constructor_BadOptions_NameOptionAndReason()
    {
        var failure = Assert.Throws<OptionsValidationException>(() => new ChatRubricJudge(new ScriptedChatClient(_ => ""), new JudgeOptions { KeepReasoning = true, Votes = 0 }));

        Assert.Contains(failure.Failures, f => f.Contains("KeepReasoning", StringComparison.Ordinal));
        Assert.Contains(failure.Failures, f => f.Contains("Votes", StringComparison.Ordinal));
    }
}
