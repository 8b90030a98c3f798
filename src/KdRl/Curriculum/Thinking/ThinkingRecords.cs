using System.Text.Json;
using KdRl.Rewards;
using KdRl.Rollouts;

namespace KdRl.Curriculum;

/// <summary>Pass rates by prompt and thinking mode, recorded while a policy answers; saved with a checkpoint.</summary>
public sealed class ThinkingRecords : ICheckpointed
{
    private readonly Dictionary<string, ThinkingRecord> records = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Name => "thinking-records";

    /// <summary>What is known of a prompt; all counts 0 when nothing is.</summary>
    public ThinkingRecord Of(string promptId) => records.GetValueOrDefault(promptId);

    /// <summary>Takes the verdicts of a group that was answered in one mode.</summary>
    /// <exception cref="ArgumentException">The mode is <see cref="ThinkingMode.Auto"/>: who decided is not known.</exception>
    public void Observe(ScoredGroup group, ThinkingMode mode)
    {
        ArgumentNullException.ThrowIfNull(group);
        var verdicts = group.Rollouts.Select(r => r.Outcome.Correct).OfType<bool>().ToArray();
        var (correct, old) = (verdicts.Count(v => v), Of(group.Prompt.Id));
        records[group.Prompt.Id] = mode switch
        {
            ThinkingMode.Fast => old with { FastCorrect = old.FastCorrect + correct, FastSamples = old.FastSamples + verdicts.Length },
            ThinkingMode.Slow => old with { SlowCorrect = old.SlowCorrect + correct, SlowSamples = old.SlowSamples + verdicts.Length },
            _ => throw new ArgumentException($"The mode is {mode}; expected Fast or Slow.", nameof(mode)),
        };
    }

    /// <inheritdoc/>
    public void Save(Stream stream) => JsonSerializer.Serialize(stream, new SortedDictionary<string, ThinkingRecord>(records, StringComparer.Ordinal));

    /// <inheritdoc/>
    public void Load(Stream stream)
    {
        Dictionary<string, ThinkingRecord>? saved;
        try { saved = JsonSerializer.Deserialize<Dictionary<string, ThinkingRecord>>(stream); }
        catch (JsonException error) { throw new InvalidDataException($"The thinking records cannot be read: {error.Message}", error); }
        if (saved is null) throw new InvalidDataException("The thinking records are empty; expected counts by prompt.");
        foreach (var (id, r) in saved)
            if (r.FastCorrect < 0 || r.FastCorrect > r.FastSamples || r.SlowCorrect < 0 || r.SlowCorrect > r.SlowSamples) throw new InvalidDataException($"The thinking record of prompt '{id}' is {r}; expected no more right answers than answers.");
        records.Clear();
        foreach (var (id, record) in saved) records.Add(id, record);
    }
}
