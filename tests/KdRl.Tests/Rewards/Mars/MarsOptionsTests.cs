using System.Text;
using KdRl.Rewards;
using KdRl.Rollouts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace KdRl.Tests.Rewards.Mars;

public class MarsOptionsTests
{
    private static readonly IReward Any = new ScriptedReward(RewardOutcome.Scored(1));

    [Fact]
    public void Bind_AppSettings_ReadsEverything()
    {
        var options = MarsOptions.Bind(AppSettings("""
            {
              "Mars": {
                "Name": "main",
                "DefaultSource": "general",
                "Sources": {
                  "math": { "Tasks": [ "gsm8k", "aime" ], "Weight": 2 },
                  "code": { "Lowest": -1, "Highest": 1 }
                },
                "Format": { "Penalty": -5, "Threshold": 0.75, "JudgeBroken": false },
                "Auxiliaries": { "repetition": { "Weight": 0.2 }, "length": { "FromPassRate": 0.5, "FullPassRate": 0.9 } },
                "Normalization": { "Clip": 3, "Decay": 0.99 },
                "Curriculum": { "Centre": 0.4 },
                "PassRateMemory": 0.8
              }
            }
            """));

        Assert.Equal(("main", "general", 0.8), (options.Name, options.DefaultSource, options.PassRateMemory));
        Assert.Equal(["gsm8k", "aime"], options.Sources["MATH"].Tasks);
        Assert.Equal((2.0, -1.0, 1.0), (options.Sources["math"].Weight, options.Sources["code"].Lowest, options.Sources["code"].Highest));
        Assert.Equal((-5.0, 0.75, false), (options.Format.Penalty, options.Format.Threshold, options.Format.JudgeBroken));
        Assert.Equal((0.2, 0.1, 0.5, 0.9), (options.Auxiliaries["repetition"].Weight, options.Auxiliaries["length"].Weight, options.Auxiliaries["length"].FromPassRate, options.Auxiliaries["length"].FullPassRate));
        Assert.Equal((3.0, 2, 0.99), (options.Normalization.Clip, options.Normalization.MinSamples, options.Normalization.Decay));
        Assert.Equal((0.4, 0.2, 0.2), (options.Curriculum!.Centre, options.Curriculum.Width, options.Curriculum.Floor));
        var mars = new MarsReward(Everything(), options);
        Assert.Equal("main", mars.Name);
        Assert.All(mars.Sources, s => Assert.Equal(-5, s.Penalty));
    }

    [Theory]
    [InlineData("""{ "Mars": { "Sauces": {} } }""", "Mars:Sauces is no option; expected one of Name, Sources, ")]
    [InlineData("""{ "Mars": { "Sources": { "math": { "Wieght": 2 } } } }""", "Mars:Sources:math:Wieght is no option; expected one of Tasks, Weight, Lowest, Highest.")]
    [InlineData("""{ "Mars": { "Format": { "Penalti": -1 } } }""", "Mars:Format:Penalti is no option")]
    [InlineData("""{ "Mars": { "Auxiliaries": { "length": { "SoftOverlong": { "MaxLenght": 2 } } } } }""", "Mars:Auxiliaries:length:SoftOverlong:MaxLenght is no option")]
    [InlineData("""{ "Mars": { "PassRateMemory": "much" } }""", "'much' at 'Mars:PassRateMemory'")]
    [InlineData("""{ "Mars": { "Sources": { "math": { "Weight": "heavy" } } } }""", "'heavy' at 'Mars:Sources:math:Weight'")]
    [InlineData("""{ "Mars": { "Sources": { "math": { "Tasks": "gsm8k" } } } }""", "'gsm8k' at 'Mars:Sources:math:Tasks'")]
    [InlineData("""{ "Mars": { "Auxiliaries": { "a": { "Repetition": { "Unit": "Wrods" } } } } }""", "'Wrods' at 'Mars:Auxiliaries:a:Repetition:Unit'")]
    [InlineData("""{ "Mars": { "Format": "strict" } }""", "'strict' at 'Mars:Format'")]
    [InlineData("""{ "Mars": { "Curriculum": {} } }""", "Mars:Curriculum is empty and would have no effect; expected some of Centre, Width, Floor")]
    [InlineData("""{ "Mars": { "Auxiliaries": { "repetition": {} } } }""", "Mars:Auxiliaries:repetition is empty")]
    [InlineData("""{ "Mars": { "Auxiliaries": { "a": { "Language": {} } } } }""", "Mars:Auxiliaries:a:Language is empty")]
    public void Bind_UnknownKeyOrValue_IsAnErrorThatNamesIt(string json, string expected)
    {
        var error = Assert.Throws<InvalidOperationException>(() => MarsOptions.Bind(AppSettings(json)));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "Mars": { "Auxiliaries": { "length": { "Weight": 0.25, "SoftOverlong": { "MaxLength": 4, "Buffer": 2 } } } } }""", 6, "x", 0.75)]
    [InlineData("""{ "Mars": { "Auxiliaries": { "length": { "SoftOverlong": { "MaxLength": 4, "Buffer": 2 } } } } }""", 3, "x", 0.95)]
    [InlineData("""{ "Mars": { "Auxiliaries": { "Language": { "Weight": 0.25, "Language": { "Language": "de" } } } } }""", 3, "Это русский текст", 1)]
    [InlineData("""{ "Mars": { "Auxiliaries": { "language": { "Weight": 0.25 } } } }""", 3, "This is what the answer says.", 1.25)]
    [InlineData("""{ "Mars": { "Auxiliaries": { "tidy": { "Weight": 0.5, "Repetition": { "WindowLength": 1, "MaxPeriod": 0 } } } } }""", 4, "x", 0.875)]
    [InlineData("""{ "Mars": { "Auxiliaries": { "repetition": { "Weight": 0.5 } } } }""", 4, "x", 1)]
    public async Task Bind_TermByName_IsMadeAndCounts(string json, int tokens, string response, double expected)
    {
        var mars = new MarsReward(new MarsRewards { Verifiers = { ["math"] = Any } }, MarsOptions.Bind(AppSettings(json)));
        var request = RewardRequest.Of(Prompt.FromText("q", "What does the answer say, and why is it so?") with { Task = "math" }, response, [.. Enumerable.Range(0, tokens).Select(i => i / 4 + i % 3)]);

        Assert.Equal(expected, (await mars.ScoreAsync(request, default)).Value!.Value, 12);
    }

    public static TheoryData<string, Action<MarsOptions>> Refused => new()
    {
        { "Sources has chemistry", o => o.Sources["chemistry"] = new() },
        { "Auxiliaries.politeness names no reward that is given (those are repetition, length), and does not say what it is; expected one of Repetition, SoftOverlong and Language in it", o => o.Auxiliaries["politeness"] = new() },
        { "DefaultSource is chemistry", o => o.DefaultSource = "chemistry" },
        { "task Code is routed to 2", o => o.Sources["math"] = new() { Tasks = ["Code"] } },
        { "Tasks has an empty name", o => o.Sources["math"] = new() { Tasks = [" "] } },
        { "Sources.math: Weight", o => o.Sources["math"] = new() { Weight = 0 } },
        { "Sources.math.Lowest is 1", o => o.Sources["math"] = new() { Lowest = 1 } },
        { "no effect on a preference", o => o.Sources["general"] = new() { Lowest = -1 } },
        { "Auxiliaries.length: Weight", o => o.Auxiliaries["length"] = new() { Weight = double.NaN } },
        { "Auxiliaries.length has FromPassRate 0.9", o => o.Auxiliaries["length"] = new() { FromPassRate = 0.9, FullPassRate = 0.5 } },
        { "Auxiliaries.length has FromPassRate null", o => o.Auxiliaries["length"] = new() { FullPassRate = 0.5 } },
        { "Auxiliaries.repetition.Repetition has no effect", o => o.Auxiliaries["repetition"] = new() { Repetition = new() } },
        { "Auxiliaries.tidy has Repetition and Language", o => o.Auxiliaries["tidy"] = new() { Repetition = new(), Language = new() } },
        { "Auxiliaries.tidy: WindowLength", o => o.Auxiliaries["tidy"] = new() { Repetition = new() { WindowLength = 0 } } },
        { "Auxiliaries.short: MaxLength", o => o.Auxiliaries["short"] = new() { SoftOverlong = new() } },
        { "PassRateMemory has no effect", o => o.PassRateMemory = 0.5 },
        { "PassRateMemory", o => o.PassRateMemory = 1 },
        { "Format.Penalty is -1", o => o.Format.Penalty = -1 },
        { "Curriculum.Width", o => o.Curriculum = new() { Width = 0 } },
        { "Normalization.Clip", o => o.Normalization.Clip = 0 },
        { "Name", o => o.Name = "" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void Constructor_OptionThatDoesNotFit_IsRefusedByName(string expected, Action<MarsOptions> change)
    {
        var options = new MarsOptions();
        change(options);

        var error = Assert.Throws<OptionsValidationException>(() => new MarsReward(Everything(), options));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_RewardsThatDoNotFit_AreRefusedByName()
    {
        Refuses("neither a verifier nor a preference", new MarsRewards());
        Refuses("The name math is used 2 times", new MarsRewards { Verifiers = { ["math"] = Any }, Auxiliaries = { ["Math"] = Any } });
        Refuses("format", new MarsRewards { Verifiers = { ["format"] = Any } });
        Refuses("math is null", new MarsRewards { Verifiers = { ["math"] = null! } });
        Refuses("empty name", new MarsRewards { Verifiers = { [""] = Any } });
        Refuses("Auxiliaries.Length names no reward", new MarsRewards { Verifiers = { ["math"] = Any } }, new MarsOptions { Auxiliaries = { ["Length"] = new() } });
        Refuses("Auxiliaries.tidy names no reward that is given, and does not say", new MarsRewards { Verifiers = { ["math"] = Any } }, new MarsOptions { Auxiliaries = { ["tidy"] = new() } });
        Refuses("put it around the MARS reward", new MarsRewards { Verifiers = { ["math"] = new KimiLengthReward(Any) } });
        Refuses("Format has no effect", new MarsRewards { Verifiers = { ["math"] = Any } }, new MarsOptions { Format = { Penalty = -3 } });
        Refuses("Normalization has no effect", new MarsRewards { Verifiers = { ["math"] = Any } }, new MarsOptions { Normalization = { Clip = 3 } });
        Assert.Throws<ArgumentException>(() => new MarsReward(new MarsRewards { Preferences = { ["general"] = Any.WithNormalization() } }));

        static void Refuses(string expected, MarsRewards rewards, MarsOptions? options = null) =>
            Assert.Contains(expected, Assert.Throws<OptionsValidationException>(() => new MarsReward(rewards, options)).Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task SaveLoad_State_GoesOnExactlyAndRefusesOtherOptions()
    {
        var mars = new MarsReward(Everything(), Options());
        await MarsRewardTests.Step(mars, "math", "a", "b", "c");
        await MarsRewardTests.Step(mars, "code", "a");
        using var saved = new MemoryStream();
        mars.Save(saved);

        var other = new MarsReward(Everything(), Options());
        saved.Position = 0;
        other.Load(saved);
        using var again = new MemoryStream();
        other.Save(again);
        Assert.Equal(saved.ToArray(), again.ToArray());

        var changed = Options();
        changed.Auxiliaries["length"] = new() { Weight = 0.3 };
        saved.Position = 0;
        var error = Assert.Throws<InvalidDataException>(() => new MarsReward(Everything(), changed).Load(saved));
        Assert.Contains("other options", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => other.Load(new MemoryStream("{}"u8.ToArray())));
        Assert.Throws<InvalidDataException>(() => other.Load(new MemoryStream("no json"u8.ToArray())));

        static MarsOptions Options() => new() { Curriculum = new() { Width = 0.1 + 0.2 }, PassRateMemory = 1 / 3.0, Sources = { ["math"] = new() { Tasks = ["gsm8k"], Lowest = -1 / 3.0 } } };
    }

    private static MarsRewards Everything() => new()
    {
        Verifiers = { ["math"] = Any, ["code"] = Any }, Preferences = { ["general"] = Any }, Format = Any, Auxiliaries = { ["repetition"] = Any, ["length"] = Any },
    };

    private static IConfigurationSection AppSettings(string json) =>
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build().GetSection("Mars");
}
