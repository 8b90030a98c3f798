using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using KdRl.Transformers.Checkpoints;

namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>
/// The chat templates of a checkpoint: <c>chat_template.jinja</c>, or else <c>chat_template</c> of tokenizer_config.json, which is
/// a text or a list of named texts. A template is read at its first use.
/// </summary>
internal sealed class ChatTemplates
{
    private static readonly string[] Tokens = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    private readonly Dictionary<string, (string Path, Lazy<IReadOnlyList<Statement>> Template)> byName = [];
    private readonly Dictionary<string, object?> specialTokens = [];

    /// <param name="directory">Named in errors.</param>
    /// <param name="config">tokenizer_config.json; null: absent.</param>
    /// <param name="file">chat_template.jinja; null: absent.</param>
    public ChatTemplates(string directory, JsonFields? config, byte[]? file)
    {
        if (file is not null) Add("default", Path.Combine(directory, "chat_template.jinja"), Encoding.UTF8.GetString(file));
        else if (config is not null && config.Has("chat_template")) AddFrom(config, Path.Combine(directory, "tokenizer_config.json") + ": chat_template");
        if (config is null) return;
        foreach (var key in Tokens)
            if (config.Has(key)) specialTokens[key] = config.IsText(key) ? config.Text(key) : config.Object(key)!.RequiredText("content");
    }

    public bool Any => byName.Count > 0;

    public string Render(JsonArray messages, bool addGenerationPrompt, JsonObject? variables)
    {
        if (!Any) throw new InvalidOperationException("The tokenizer has no chat template; expected chat_template.jinja, or chat_template in tokenizer_config.json.");
        var hasTools = variables?["tools"] is not null;
        if (!(hasTools && byName.TryGetValue("tool_use", out var chosen)) && !byName.TryGetValue("default", out chosen))
            throw new InvalidOperationException($"The tokenizer has the chat templates {string.Join(", ", byName.Keys)}; expected one named 'default'.");
        var values = new Dictionary<string, object?>(specialTokens) { ["tools"] = null, ["documents"] = null };
        foreach (var (name, value) in variables ?? []) values[name] = TemplateValues.From(value);
        if (values.TryGetValue("strftime_now", out var time))
        {
            values["strftime_now"] = time is string text && DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var now) ? TemplateClock.At(now)
                : throw new ArgumentException($"strftime_now is {variables!["strftime_now"]?.ToJsonString() ?? "null"}; expected a text with a date, such as 2026-01-31 or 2026-01-31T12:00:00.", nameof(variables));
        }
        values["messages"] = TemplateValues.From(messages);
        values["add_generation_prompt"] = addGenerationPrompt;
        try
        {
            return TemplateRenderer.Render(chosen.Template.Value, values);
        }
        catch (TemplateException e)
        {
            throw new InvalidDataException($"{chosen.Path}: {e.Message}.", e);
        }
        catch (RefusedByTemplateException e)
        {
            throw new ArgumentException($"The chat template refuses the conversation: {e.Message}", nameof(messages), e);
        }
    }

    private void AddFrom(JsonFields config, string path)
    {
        if (config.IsText("chat_template"))
        {
            Add("default", path, config.RequiredText("chat_template"));
            return;
        }
        foreach (var named in config.Objects("chat_template"))
            if (!byName.ContainsKey(named.RequiredText("name"))) Add(named.RequiredText("name"), path, named.RequiredText("template"));
    }

    private void Add(string name, string path, string source) => byName[name] = (path, new Lazy<IReadOnlyList<Statement>>(() => TemplateParser.Parse(source)));
}
