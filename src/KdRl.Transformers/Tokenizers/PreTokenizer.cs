using KdRl.Transformers.Checkpoints;

namespace KdRl.Transformers.Tokenizers;

/// <summary>Cuts text into the words that are encoded on their own (<c>pre_tokenizer</c> of tokenizer.json).</summary>
internal sealed class PreTokenizer
{
    /// <summary>GPT-2's words, which ByteLevel means unless it says otherwise.</summary>
    private const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private readonly List<(WordPattern Pattern, SplitBehavior Behavior)> stages = [];
    private bool addsPrefixSpace;
    private Metaspace? metaspace;

    /// <param name="json">The pre-tokenizer; null: the text is one word.</param>
    public PreTokenizer(JsonFields? json)
    {
        if (json is not null) Add(json);
    }

    /// <summary>Whether words are encoded as bytes, spelled as <see cref="ByteLevel"/> says.</summary>
    public bool IsByteLevel { get; private set; }

    /// <summary>Whether text is cut at all.</summary>
    public bool CutsWords => stages.Count > 0;

    /// <summary>The text that <see cref="Cut"/> reads: some tokenizers put a blank before it, or write blanks as another character.</summary>
    /// <param name="text">Some of a text, not empty.</param>
    /// <param name="isFirst">Whether the text starts with it.</param>
    public string Prepare(string text, bool isFirst) =>
        metaspace is not null ? metaspace.Apply(text, isFirst) : addsPrefixSpace && !text.StartsWith(' ') ? " " + text : text;

    /// <summary>Start and length of each word.</summary>
    public List<(int Start, int Length)> Cut(string text)
    {
        List<(int Start, int Length)> pieces = [(0, text.Length)], matches = [];
        foreach (var (pattern, behavior) in stages)
        {
            var cut = new List<(int Start, int Length)>(text.Length / 4 + 4);
            foreach (var (start, length) in pieces)
            {
                matches.Clear();
                pattern.Find(text.AsSpan(start, length), start, matches);
                Divide(start, start + length, matches, behavior, cut);
            }
            pieces = cut;
        }
        return pieces;
    }

    private static void Divide(int start, int end, List<(int Start, int Length)> matches, SplitBehavior behavior, List<(int Start, int Length)> output)
    {
        var at = start;
        foreach (var (found, length) in matches)
        {
            switch (behavior)
            {
                case SplitBehavior.MergedWithPrevious:
                    output.Add((at, found + length - at));
                    at = found + length;
                    break;
                case SplitBehavior.MergedWithNext:
                    if (found > at) output.Add((at, found - at));
                    at = found;
                    break;
                default:
                    if (behavior != SplitBehavior.Kept && found > at) output.Add((at, found - at));
                    if (behavior != SplitBehavior.Removed) output.Add((found, length));
                    at = found + length;
                    break;
            }
        }
        if (behavior != SplitBehavior.Kept && end > at) output.Add((at, end - at));
    }

    private void Add(JsonFields json)
    {
        if (IsByteLevel) throw json.Bad("type", "nothing after ByteLevel");
        switch (json.Text("type"))
        {
            case "Sequence":
                foreach (var part in json.Objects("pretokenizers")) Add(part);
                break;
            case "Split":
                AddSplit(json);
                break;
            case "Digits":
                stages.Add((new WordPattern(json.Flag("individual_digits") ? @"\p{N}" : @"\p{N}+"), SplitBehavior.Isolated));
                break;
            case "ByteLevel":
                if (json.Flag("add_prefix_space") && stages.Count > 0) throw json.Bad("add_prefix_space", "false after another step");
                addsPrefixSpace = json.Flag("add_prefix_space");
                if (!json.Has("use_regex") || json.Flag("use_regex")) stages.Add((new WordPattern(Gpt2), SplitBehavior.Isolated));
                if (metaspace is not null) throw json.Bad("type", "no ByteLevel after Metaspace");
                IsByteLevel = true;
                break;
            case "Metaspace" when stages.Count == 0 && metaspace is null:
                metaspace = new Metaspace(json);
                if (metaspace.CutsWords) stages.Add((new WordPattern(metaspace.Pattern), SplitBehavior.MergedWithNext));
                break;
            default:
                throw json.Bad("type", "Sequence, Split, Digits, ByteLevel or, as the first, Metaspace, the ones supported");
        }
        TextGrowth.CheckSteps(json, stages.Count);
    }

    private void AddSplit(JsonFields json)
    {
        var pattern = json.Object("pattern") ?? throw json.Bad("pattern", "an object");
        var regex = pattern.Text("Regex") ?? System.Text.RegularExpressions.Regex.Escape(pattern.Text("String") ?? throw json.Bad("pattern", "a Regex or a String"));
        if (regex.Length == 0) throw json.Bad("pattern", "a pattern that is not empty");
        // With invert the pattern says what lies between words; the two behaviours that keep both sides are the same either way.
        var behavior = (json.Text("behavior"), json.Flag("invert")) switch
        {
            ("Isolated", _) => SplitBehavior.Isolated,
            ("Removed", false) => SplitBehavior.Removed,
            ("Removed", true) => SplitBehavior.Kept,
            ("MergedWithPrevious", false) => SplitBehavior.MergedWithPrevious,
            ("MergedWithNext", false) => SplitBehavior.MergedWithNext,
            _ => throw json.Bad("behavior", "Isolated, Removed, or without invert MergedWithPrevious or MergedWithNext, the ones supported"),
        };
        try
        {
            stages.Add((new WordPattern(regex), behavior));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw json.Bad("pattern", $"an expression that can be matched in linear time ({e.Message})");
        }
    }
}
