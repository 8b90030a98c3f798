using KdRl.Transformers.Checkpoints;

namespace KdRl.Transformers.Tokenizers;

/// <summary>Cuts text into the words that are encoded on their own (<c>pre_tokenizer</c> of tokenizer.json).</summary>
internal sealed class PreTokenizer
{
    /// <summary>GPT-2's words, which ByteLevel means unless it says otherwise.</summary>
    private const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private readonly List<(WordPattern Pattern, bool KeepsMatches, bool KeepsOthers)> stages = [];
    private bool addsPrefixSpace;

    /// <param name="json">The pre-tokenizer; null: the text is one word.</param>
    public PreTokenizer(JsonFields? json)
    {
        if (json is not null) Add(json);
    }

    /// <summary>Whether words are encoded as bytes, spelled as <see cref="ByteLevel"/> says.</summary>
    public bool IsByteLevel { get; private set; }

    /// <summary>Whether text is cut at all.</summary>
    public bool CutsWords => stages.Count > 0;

    /// <summary>The text that <see cref="Cut"/> reads: some tokenizers put a blank before it.</summary>
    public string Prepare(string text) => addsPrefixSpace && !text.StartsWith(' ') ? " " + text : text;

    /// <summary>Start and length of each word.</summary>
    public List<(int Start, int Length)> Cut(string text)
    {
        List<(int Start, int Length)> pieces = [(0, text.Length)], matches = [];
        foreach (var (pattern, keepsMatches, keepsOthers) in stages)
        {
            var cut = new List<(int, int)>(text.Length / 4 + 4);
            foreach (var (start, length) in pieces)
            {
                matches.Clear();
                pattern.Find(text.AsSpan(start, length), start, matches);
                var at = start;
                foreach (var match in matches)
                {
                    if (keepsOthers && match.Start > at) cut.Add((at, match.Start - at));
                    if (keepsMatches) cut.Add(match);
                    at = match.Start + match.Length;
                }
                if (keepsOthers && start + length > at) cut.Add((at, start + length - at));
            }
            pieces = cut;
        }
        return pieces;
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
                stages.Add((new WordPattern(json.Flag("individual_digits") ? @"\p{N}" : @"\p{N}+"), true, true));
                break;
            case "ByteLevel":
                if (json.Flag("add_prefix_space") && stages.Count > 0) throw json.Bad("add_prefix_space", "false after another step");
                addsPrefixSpace = json.Flag("add_prefix_space");
                if (!json.Has("use_regex") || json.Flag("use_regex")) stages.Add((new WordPattern(Gpt2), true, true));
                IsByteLevel = true;
                break;
            default:
                throw json.Bad("type", "Sequence, Split, Digits or ByteLevel, the ones supported");
        }
    }

    private void AddSplit(JsonFields json)
    {
        var pattern = json.Object("pattern") ?? throw json.Bad("pattern", "an object");
        var regex = pattern.Text("Regex") ?? System.Text.RegularExpressions.Regex.Escape(pattern.Text("String") ?? throw json.Bad("pattern", "a Regex or a String"));
        if (regex.Length == 0) throw json.Bad("pattern", "a pattern that is not empty");
        // Isolated keeps matches and what is between them; Removed drops the matches, or with invert what is between.
        var (isolates, inverts) = (json.Text("behavior") == "Isolated", json.Flag("invert"));
        if (!isolates) json.Expect("behavior", "Removed");
        try
        {
            stages.Add((new WordPattern(regex), isolates || inverts, isolates || !inverts));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw json.Bad("pattern", $"an expression that can be matched in linear time ({e.Message})");
        }
    }
}
