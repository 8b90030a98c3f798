using KdRl.Rewards;
using KdRl.Rollouts;

namespace KdRl.Benchmarks;

/// <summary>Scores a second on one core by kind of rule reward, and how they grow with the length of the response.</summary>
internal sealed class RulesBenchmark : IBenchmark
{
    private const int Long = 32_000, Short = 3_200;

    private const string Sentence = "The answer is not so clear, because 3.5 of them (see Section 2) were *never* counted by Dr. Smith; still, it may be 42. ";

    private static readonly Prompt Question = Prompt.FromText("q", "What is the answer to this question, and why is it so?") with
    {
        Task = "math",
        Reference = "42",
        Metadata = new Dictionary<string, string>
        {
            [InstructionPrompts.IdsKey] = """["punctuation:no_comma","length_constraints:number_sentences","length_constraints:number_words","language:response_language","detectable_format:number_highlighted_sections"]""",
            [InstructionPrompts.ArgumentsKey] = """[{},{"num_sentences":5,"relation":"at least"},{"num_words":50,"relation":"at least"},{"language":"en"},{"num_highlights":3}]""",
        },
    };

    private static readonly (string Kind, IReward Reward)[] Rewards =
    [
        ("think format", FormatReward.Think()),
        ("boxed format", FormatReward.Boxed()),
        ("five instructions", new InstructionReward()),
        ("repetition by tokens", new RepetitionReward()),
        ("repetition by words", new RepetitionReward(new RepetitionOptions { Unit = RepetitionUnit.Words })),
        ("soft overlong length", new SoftOverlongReward(new SoftOverlongOptions { MaxLength = 8192, Buffer = 1024 })),
        ("cosine length of mathematics", new CosineLengthReward(new MathReward(), new CosineLengthOptions { MaxLength = 8192 })),
        ("language", new LanguageConsistencyReward()),
        ("exact match", TextReward.ExactMatch()),
        ("multiple choice", TextReward.MultipleChoice(4)),
        ("ROUGE-2", TextReward.RougeN(2)),
        ("ROUGE-L", TextReward.RougeL()),
        ("token F1", TextReward.TokenF1()),
        ("mathematics", new MathReward()),
        ("MARS: mathematics, format, repetition", new MarsReward(MarsRewards.Default())),
    ];

    public string Name => "rules";

    public string Description => "scores a second on one core by kind of rule reward, against one look at every character; and by length of the response";

    public IEnumerable<Measurement> Run()
    {
        var (whole, tenth) = (Response(Long), Response(Short));
        // Rewards share code: without this the first ones would be measured before it is compiled for speed.
        for (var i = 0; i < 200; i++)
            foreach (var (_, reward) in Rewards) Score(reward, tenth);
        foreach (var (kind, reward) in Rewards)
        {
            var times = InTurn.Milliseconds($"rules, {kind}, {Short} characters", () => Score(reward, tenth), "counting letters", () => Letters(tenth.Response), seconds: 1);
            yield return times with { Unit = "1/s", Ours = 1000 / times.Ours, BaselineValue = 1000 / times.BaselineValue };
            yield return InTurn.Milliseconds($"rules, {kind}, {Long} characters", () => Score(reward, whole), $"{Short} characters", () => Score(reward, tenth), seconds: 1);
        }
    }

    private static void Score(IReward reward, RewardRequest request) => reward.ScoreAsync(request, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private static int Letters(string text)
    {
        var letters = 0;
        foreach (var c in text)
            if (char.IsLetter(c)) letters++;
        return letters;
    }

    /// <summary>Half of the text are thoughts; a token has four characters.</summary>
    private static RewardRequest Response(int length)
    {
        var half = string.Concat(Enumerable.Repeat(Sentence, length / Sentence.Length / 2));
        return RewardRequest.Of(Question, $@"<think>{half}</think>{half} \boxed{{42}}", [.. Enumerable.Range(0, length / 4).Select(i => i * 31 % 997)]);
    }
}
