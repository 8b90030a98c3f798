using System.Text.Json;
using KdRl.Rollouts;

namespace KdRl.Rewards;

/// <summary>Prompts with verifiable instructions: how their metadata names them, and how files in IFEval's format are read.</summary>
public static class InstructionPrompts
{
    /// <summary>The metadata key of the instruction ids, a JSON list of texts.</summary>
    public const string IdsKey = "instruction_id_list";

    /// <summary>The metadata key of the arguments, a JSON list of objects, one an instruction.</summary>
    public const string ArgumentsKey = "kwargs";

    /// <summary>The <see cref="Prompt.Task"/> of prompts that are read from a file.</summary>
    public const string Task = "instruction";

    /// <summary>Reads a JSON-lines file with <c>key</c>, <c>prompt</c>, <c>instruction_id_list</c> and <c>kwargs</c> on each line, as IFEval publishes it.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Prompts with the key as id and the instructions in their metadata; every instruction has been parsed.</returns>
    /// <exception cref="InvalidDataException">A line is not of this form or has an instruction that is unknown or lacks arguments. Path, line and id are named.</exception>
    public static IReadOnlyList<Prompt> ReadFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var prompts = new List<Prompt>();
        foreach (var (number, line) in File.ReadLines(path).Index())
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            try
            {
                using var document = JsonDocument.Parse(line);
                prompts.Add(ReadPrompt(document.RootElement));
            }
            catch (Exception e) when (e is JsonException or ArgumentException or KeyNotFoundException or InvalidOperationException)
            {
                throw new InvalidDataException($"{path}, line {number + 1}: {e.Message}", e);
            }
        }

        return prompts;
    }

    /// <summary>Reads the instructions that a prompt names in its metadata.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="options">How they are checked; null: the defaults.</param>
    /// <returns>Null for a prompt that names none.</returns>
    /// <exception cref="ArgumentException">They are malformed, unknown, or lack arguments.</exception>
    public static InstructionSet? InstructionsOf(Prompt prompt, InstructionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        if (!prompt.Metadata.TryGetValue(IdsKey, out var ids)) return null;
        if (!prompt.Metadata.TryGetValue(ArgumentsKey, out var arguments)) throw new ArgumentException($"Prompt '{prompt.Id}' names instructions but has no metadata '{ArgumentsKey}'.", nameof(prompt));
        try
        {
            using var document = JsonDocument.Parse(arguments);
            return InstructionSet.Parse(JsonSerializer.Deserialize<string[]>(ids) ?? [], document.RootElement, options);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new ArgumentException($"The instructions of prompt '{prompt.Id}' cannot be read: {e.Message}", nameof(prompt), e);
        }
    }

    private static Prompt ReadPrompt(JsonElement line)
    {
        var prompt = Prompt.FromText(line.GetProperty("key").ToString(), line.GetProperty("prompt").GetString() ?? throw new ArgumentException("The prompt is null; expected a text.")) with
        {
            Task = Task,
            Metadata = new Dictionary<string, string> { [IdsKey] = line.GetProperty(IdsKey).GetRawText(), [ArgumentsKey] = line.GetProperty(ArgumentsKey).GetRawText() },
        };
        InstructionsOf(prompt);
        return prompt;
    }
}
