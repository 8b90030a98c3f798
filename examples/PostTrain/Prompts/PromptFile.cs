using System.Text.Json;
using KdRl.Rollouts;

namespace KdRl.Examples.PostTrain.Prompts;

/// <summary>
/// Prompts in a JSON-lines file, one object a line: <c>prompt</c> (text) or <c>messages</c> (role and content), and, as
/// wanted, <c>id</c>, <c>reference</c>, <c>task</c> and <c>metadata</c> (an object of strings that rewards read).
/// </summary>
internal static class PromptFile
{
    /// <summary>Reads a file; a prompt without an id is called after its line.</summary>
    /// <exception cref="InvalidDataException">A line is not a prompt, an id occurs twice or there is none; file and line are named.</exception>
    public static IReadOnlyList<Prompt> Read(string path)
    {
        var prompts = new List<Prompt>();
        var lineOfId = new Dictionary<string, int>();
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            var prompt = Parse(line, path, number);
            if (!lineOfId.TryAdd(prompt.Id, number))
                throw At(path, number, $"the id '{prompt.Id}' is already taken by line {lineOfId[prompt.Id]}");
            prompts.Add(prompt);
        }
        return prompts.Count > 0 ? prompts : throw new InvalidDataException($"{path}: no prompts; expected one JSON object a line.");
    }

    /// <summary>Writes prompts so that <see cref="Read"/> gives them back.</summary>
    public static void Write(string path, IEnumerable<Prompt> prompts)
    {
        using var writer = new StreamWriter(path) { NewLine = "\n" };
        foreach (var p in prompts)
            writer.WriteLine(JsonSerializer.Serialize(
                new PromptLine
                {
                    Id = p.Id,
                    Prompt = p.Text,
                    Messages = p.Messages?.Select(m => new MessageLine { Role = m.Role, Content = m.Content }).ToArray(),
                    Reference = p.Reference,
                    Task = p.Task,
                    Metadata = p.Metadata.Count == 0 ? null : new(p.Metadata),
                },
                PromptLine.Json));
    }

    private static Prompt Parse(string line, string path, int number)
    {
        PromptLine? read;
        try
        {
            read = JsonSerializer.Deserialize<PromptLine>(line, PromptLine.Json);
        }
        catch (JsonException e)
        {
            throw At(path, number, e.Message, e);
        }
        if (read is null) throw At(path, number, "found null, expected an object");
        if ((read.Prompt is null) == (read.Messages is null))
            throw At(path, number, $"found {(read.Prompt is null ? "neither" : "both")} of 'prompt' and 'messages', expected one of them");
        var id = read.Id ?? $"line-{number}";
        if (string.IsNullOrWhiteSpace(id)) throw At(path, number, "'id' is blank; leave it out or give the prompt a name");
        if (read.Messages is { Length: 0 }) throw At(path, number, "'messages' is empty, expected at least one message");
        var prompt = read.Prompt is { } text
            ? Prompt.FromText(id, text)
            : Prompt.FromMessages(id, [.. read.Messages!.Select(m => new Message(m.Role, m.Content))]);
        return prompt with { Reference = read.Reference, Task = read.Task, Metadata = read.Metadata ?? [] };
    }

    private static InvalidDataException At(string path, int line, string what, Exception? inner = null) =>
        new($"{path}, line {line}: {what}.", inner);
}
