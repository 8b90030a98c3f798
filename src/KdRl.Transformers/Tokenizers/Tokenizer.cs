using KdRl.Transformers.Checkpoints;
using KdRl.Transformers.Tokenizers;

namespace KdRl.Transformers;

/// <summary>
/// Turns text into token ids and back, as the <c>tokenizer.json</c> of a Hugging Face directory says. Supported is byte-pair
/// encoding on characters, with byte fallback, in the manner of SentencePiece; other kinds are refused by name. Thread-safe.
/// </summary>
public sealed class Tokenizer
{
    private static readonly string[] FileNames = ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja"];

    private readonly Dictionary<string, byte[]> files;
    private readonly TextNormalizer normalizer;
    private readonly BytePairModel model;
    private readonly AddedTokens added;
    private readonly TokenTemplate template;
    private readonly TokenDecoder decoder;
    private readonly Dictionary<int, string> tokens = [];

    private Tokenizer(string directory, Dictionary<string, byte[]> files)
    {
        this.files = files;
        var path = Path.Combine(directory, FileNames[0]);
        var root = new JsonFields(path, JsonFile.Parse(path, files[FileNames[0]]));
        if (root.Object("pre_tokenizer") is { } cutter) throw cutter.Bad("type", "no pre_tokenizer, the only case supported");
        normalizer = new TextNormalizer(root.Object("normalizer"));
        model = new BytePairModel(root.Object("model") ?? throw root.Bad("model", "an object"));
        added = new AddedTokens(path, root.List("added_tokens"));
        template = new TokenTemplate(root.Object("post_processor"));
        decoder = new TokenDecoder(root.Object("decoder"));
        foreach (var (name, id) in model.Ids.Concat(added.Ids)) tokens[id] = name;
        VocabularySize = tokens.Keys.Max() + 1;
        if (!files.TryGetValue(FileNames[1], out var config)) return;
        var configPath = Path.Combine(directory, FileNames[1]);
        var fields = new JsonFields(configPath, JsonFile.Parse(configPath, config));
        (BosTokenId, EosTokenId) = (Named(fields, "bos_token"), Named(fields, "eos_token"));
    }

    /// <summary>One more than the largest id.</summary>
    public int VocabularySize { get; }

    /// <summary>The token that starts a sequence; null when <c>tokenizer_config.json</c> names none.</summary>
    public int? BosTokenId { get; }

    /// <summary>The token that ends a sequence; null when <c>tokenizer_config.json</c> names none.</summary>
    public int? EosTokenId { get; }

    /// <summary>Ids of the special tokens, which <see cref="Decode"/> leaves out by default.</summary>
    public IReadOnlySet<int> SpecialTokenIds => added.Special;

    /// <summary>Loads <c>tokenizer.json</c> and, where present, <c>tokenizer_config.json</c>.</summary>
    /// <param name="directory">A Hugging Face directory.</param>
    /// <exception cref="FileNotFoundException">There is no tokenizer.json.</exception>
    /// <exception cref="InvalidDataException">A file is damaged or asks for what is not supported; the message names file and field.</exception>
    public static Tokenizer FromPretrained(string directory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        var path = Path.Combine(directory, FileNames[0]);
        if (!File.Exists(path)) throw new FileNotFoundException($"{directory} has no {FileNames[0]}.", path);
        return new Tokenizer(directory, FileNames.Where(name => File.Exists(Path.Combine(directory, name)))
            .ToDictionary(name => name, name => File.ReadAllBytes(Path.Combine(directory, name))));
    }

    /// <summary>
    /// A tokenizer with one token per character; id i is character i of the alphabet, and begin and end token follow. Saved, it
    /// is a tokenizer.json like any other.
    /// </summary>
    /// <param name="alphabet">The characters, each once. Other characters are refused when encoding.</param>
    /// <param name="beginToken">Special token that <see cref="Encode"/> puts first. Left out: none.</param>
    /// <param name="endToken">
    /// Token that ends a text (<see cref="EosTokenId"/>). A character of the alphabet keeps its id and stays visible when decoding;
    /// anything else becomes a special token. Left out: none.
    /// </param>
    /// <exception cref="ArgumentException">The alphabet is empty or has a character twice.</exception>
    public static Tokenizer FromCharacters(string alphabet, string? beginToken = null, string? endToken = null)
    {
        ArgumentNullException.ThrowIfNull(alphabet);
        return new Tokenizer("", CharacterVocabulary.Files(alphabet, beginToken, endToken));
    }

    /// <summary>Token ids of a text. Special tokens written in the text are recognised.</summary>
    /// <param name="text">Any text; half surrogate pairs are read as U+FFFD.</param>
    /// <param name="addSpecialTokens">Whether to put the tokens around it that the tokenizer's template asks for, such as BOS.</param>
    /// <exception cref="ArgumentException">A character is unknown, and there is neither byte fallback nor an unknown token.</exception>
    public int[] Encode(string text, bool addSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new List<int>(text.Length + 2);
        if (addSpecialTokens) ids.AddRange(template.Prefix);
        foreach (var (piece, id) in added.Split(text))
        {
            if (piece is null) ids.Add(id);
            else model.Encode(normalizer.Apply(piece), ids);
        }
        if (addSpecialTokens) ids.AddRange(template.Suffix);
        return [.. ids];
    }

    /// <summary>Text of token ids. Ids without a token (a model's vocabulary may be padded) are left out.</summary>
    /// <param name="ids">Token ids.</param>
    /// <param name="skipSpecialTokens">Whether to leave special tokens out.</param>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true)
    {
        var list = new List<string>(ids.Length);
        foreach (var id in ids)
            if (tokens.TryGetValue(id, out var token) && !(skipSpecialTokens && added.Special.Contains(id))) list.Add(token);
        return decoder.Decode(list);
    }

    /// <summary>The id of a token as the vocabulary spells it; null when there is none.</summary>
    public int? TokenToId(string token) =>
        added.Ids.TryGetValue(token, out var id) || model.Ids.TryGetValue(token, out id) ? id : null;

    /// <summary>Writes the tokenizer's files, byte for byte as they were loaded.</summary>
    /// <param name="directory">Where to; created when absent.</param>
    /// <exception cref="IOException">The directory or a file cannot be written.</exception>
    public void Save(string directory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        Directory.CreateDirectory(directory);
        foreach (var (name, content) in files) AtomicFile.Write(Path.Combine(directory, name), content);
    }

    /// <summary>A special token of tokenizer_config.json: its text, or an object with its text.</summary>
    private int? Named(JsonFields config, string key)
    {
        if (!config.Has(key)) return null;
        var name = config.IsText(key) ? config.RequiredText(key) : config.Object(key)!.RequiredText("content");
        return TokenToId(name) ?? throw config.Bad(key, "a token of the vocabulary");
    }
}
