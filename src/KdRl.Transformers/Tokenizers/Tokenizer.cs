using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using KdRl.Rollouts;
using KdRl.Transformers.Checkpoints;
using KdRl.Transformers.Tokenizers;
using KdRl.Transformers.Tokenizers.Templates;

namespace KdRl.Transformers;

/// <summary>
/// Turns text into token ids and back, and conversations into text, as the files of a Hugging Face directory say. Supported is
/// byte-pair encoding (Sennrich et al. 2016) on bytes, as in GPT-2, Llama 3 and Qwen, and on characters with byte fallback, as in
/// SentencePiece and Llama 2; other kinds are refused by name. Thread-safe.
/// </summary>
/// <remarks>
/// For byte-level tokenizers that normalise to NFC, <c>Decode(Encode(x), skipSpecialTokens: false)</c> is NFC(x), where half
/// surrogate pairs count as U+FFFD and the stretches between added tokens are normalised each on its own. The rules
/// (<c>clean_up_tokenization_spaces</c>) that beautify blanks before punctuation are not applied: decoded text is what the model wrote.
/// </remarks>
public sealed class Tokenizer
{
    private static readonly string[] FileNames = ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja"];

    private readonly Dictionary<string, byte[]> files;
    private readonly TextNormalizer normalizer;
    private readonly PreTokenizer preTokenizer;
    private readonly BytePairModel model;
    private readonly AddedTokens added;
    private readonly TokenTemplate template;
    private readonly TokenDecoder decoder;
    private readonly ChatTemplates chat;
    private readonly WordCache cache = new();
    private readonly Dictionary<int, string> tokens = [];

    private Tokenizer(string directory, Dictionary<string, byte[]> files)
    {
        this.files = files;
        var path = Path.Combine(directory, FileNames[0]);
        var root = new JsonFields(path, JsonFile.Parse(path, files[FileNames[0]]));
        normalizer = new TextNormalizer(root.Object("normalizer"));
        preTokenizer = new PreTokenizer(root.Object("pre_tokenizer"));
        model = new BytePairModel(root.Object("model") ?? throw root.Bad("model", "an object"), preTokenizer.IsByteLevel);
        added = new AddedTokens(path, root.List("added_tokens"), normalizer);
        template = new TokenTemplate(root.Object("post_processor"));
        decoder = new TokenDecoder(root.Object("decoder"));
        if (decoder.IsByteLevel != preTokenizer.IsByteLevel) throw root.Bad("decoder", "ByteLevel with, and only with, the pre_tokenizer ByteLevel");
        foreach (var (name, id) in model.Ids) tokens[id] = name;
        foreach (var (name, id) in added.Ids) tokens[id] = decoder.IsByteLevel ? ByteLevel.Spell(name) : name;
        if (tokens.Count == 0) throw root.Bad("model", "at least one token");
        VocabularySize = tokens.Keys.Max() + 1;
        var configPath = Path.Combine(directory, FileNames[1]);
        var config = files.TryGetValue(FileNames[1], out var content) ? new JsonFields(configPath, JsonFile.Parse(configPath, content)) : null;
        if (config is not null) (BosTokenId, EosTokenId) = (Named(config, "bos_token"), Named(config, "eos_token"));
        chat = new ChatTemplates(directory, config, files.GetValueOrDefault(FileNames[3]));
    }

    /// <summary>One more than the largest id.</summary>
    public int VocabularySize { get; }

    /// <summary>The token that starts a sequence; null when <c>tokenizer_config.json</c> names none.</summary>
    public int? BosTokenId { get; }

    /// <summary>The token that ends a sequence; null when <c>tokenizer_config.json</c> names none.</summary>
    public int? EosTokenId { get; }

    /// <summary>Whether the checkpoint has a chat template (<c>chat_template.jinja</c>, or <c>chat_template</c> in <c>tokenizer_config.json</c>).</summary>
    public bool HasChatTemplate => chat.Any;

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
        try
        {
            return new Tokenizer(directory, FileNames.Where(name => File.Exists(Path.Combine(directory, name)))
                .ToDictionary(name => name, name => PlainFile.ReadAllBytes(Path.Combine(directory, name))));
        }
        catch (InvalidOperationException e)
        {
            // So the JSON reader says that a string is not Unicode.
            throw new InvalidDataException($"{path}, or a file beside it: a string is not Unicode: {e.Message}", e);
        }
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
    /// <exception cref="InvalidDataException">The tokenizer's own replacements make the text grow beyond bounds.</exception>
    public int[] Encode(string text, bool addSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new List<int>(text.Length / 3 + 8);
        if (addSpecialTokens) ids.AddRange(template.Prefix);
        var isFirst = true;
        foreach (var (piece, id) in added.InRawText.Split(WellFormed(text)))
        {
            if (piece is null) ids.Add(id);
            else EncodePiece(normalizer.Apply(piece), isFirst, ids);
            isFirst = false;
        }
        if (addSpecialTokens) ids.AddRange(template.Suffix);
        return [.. ids];
    }

    /// <summary>The conversation as the text that the model was trained on: the checkpoint's own Jinja template, rendered.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="addGenerationPrompt">Whether the text ends with the opening of the assistant's turn. Left out: yes.</param>
    /// <param name="variables">
    /// What else the template reads, such as <c>tools</c> or <c>enable_thinking</c>. Left out: nothing. Special tokens
    /// (<c>bos_token</c> and so on) are always there. There is no clock, so that a text depends on its input alone: a template that asks for
    /// one gets the time that stands here as <c>strftime_now</c> (such as <c>2026-01-31T12:00:00</c>), and without it none.
    /// </param>
    /// <returns>Text to be encoded without adding special tokens: the template writes its own.</returns>
    /// <exception cref="ArgumentException">
    /// The template refuses the conversation (<c>raise_exception</c>); the message is the template's. Or <c>strftime_now</c> is no date.
    /// </exception>
    /// <exception cref="InvalidDataException">
    /// The template uses what is not supported, fails, or overruns its budget of steps and characters; the message names file and line.
    /// </exception>
    /// <exception cref="InvalidOperationException">There is no chat template (<see cref="HasChatTemplate"/>).</exception>
    public string ApplyChatTemplate(IReadOnlyList<Message> messages, bool addGenerationPrompt = true, JsonObject? variables = null)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return chat.Render([.. messages.Select(message => new JsonObject { ["role"] = message.Role, ["content"] = message.Content })], addGenerationPrompt, variables);
    }

    /// <summary>The same for messages with more than role and content, such as <c>tool_calls</c> or <c>reasoning_content</c>.</summary>
    /// <inheritdoc cref="ApplyChatTemplate(IReadOnlyList{Message}, bool, JsonObject?)"/>
    public string ApplyChatTemplate(JsonArray messages, bool addGenerationPrompt = true, JsonObject? variables = null)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return chat.Render(messages, addGenerationPrompt, variables);
    }

    /// <summary>Text of token ids. Ids without a token (a model's vocabulary may be padded) are left out.</summary>
    /// <param name="ids">Token ids.</param>
    /// <param name="skipSpecialTokens">Whether to leave special tokens out.</param>
    /// <exception cref="InvalidDataException">The tokenizer's own replacements make the text grow beyond bounds.</exception>
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

    private void EncodePiece(string text, bool isFirst, List<int> ids)
    {
        foreach (var (piece, id) in added.InNormalizedText.Split(text))
        {
            if (piece is null) ids.Add(id);
            else if (preTokenizer.CutsWords || preTokenizer.IsByteLevel) EncodeWords(preTokenizer.Prepare(piece, isFirst), ids);
            else model.Encode(preTokenizer.Prepare(piece, isFirst), ids);
            isFirst = false;
        }
    }

    private void EncodeWords(string text, List<int> ids)
    {
        var points = new CodePointText(text);
        foreach (var (start, length) in preTokenizer.Cut(points.Shown))
        {
            var word = points.Real(start, length);
            if (cache.TryGet(word, out var known))
            {
                ids.AddRange(known);
                continue;
            }
            var before = ids.Count;
            model.Encode(preTokenizer.IsByteLevel ? ByteLevel.Spell(word) : word, ids);
            cache.Add(word, CollectionsMarshal.AsSpan(ids)[before..]);
        }
    }

    /// <summary>The text with U+FFFD for each half of a surrogate pair that stands alone.</summary>
    private static string WellFormed(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')) return text;
        var result = new StringBuilder(text.Length);
        Span<char> pair = stackalloc char[2];
        foreach (var rune in text.EnumerateRunes()) result.Append(pair[..rune.EncodeToUtf16(pair)]);
        return result.ToString();
    }

    /// <summary>A special token of tokenizer_config.json: its text, or an object with its text.</summary>
    private int? Named(JsonFields config, string key)
    {
        if (!config.Has(key)) return null;
        var name = config.IsText(key) ? config.RequiredText(key) : config.Object(key)!.RequiredText("content");
        return TokenToId(name) ?? throw config.Bad(key, "a token of the vocabulary");
    }
}
