using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KdRl.Tensors;
using KdRl.Training.Optimization;

namespace KdRl.Training;

/// <summary>
/// Saves and restores a run: the model as a Hugging Face directory, and in <c>trainer/</c> the exact weights with the optimiser, where the run
/// stands, the options, and the state of rewards and other parts.
/// </summary>
internal sealed class RunCheckpoints
{
    private const string Trainer = "trainer", State = "state.json", Options = "options.json", Optimizer = "optimizer.bin";

    private readonly CheckpointStore store;
    private readonly CheckpointOptions options;
    private readonly ICausalModel policy;
    private readonly AdamW optimizer;
    private readonly IReadOnlyList<ICheckpointed> others;
    private readonly string optionsJson;

    public RunCheckpoints(string folder, CheckpointOptions options, ICausalModel policy, AdamW optimizer, IReadOnlyList<ICheckpointed> others, string optionsJson)
    {
        (store, this.options, this.policy, this.optimizer, this.others) = (new CheckpointStore(folder), options, policy, optimizer, others);
        this.optionsJson = Deciding(optionsJson).ToJsonString(RunJson.Options);
        if (others.GroupBy(o => o.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"Two parts save their state under the name '{twice.Key}'; names must differ.", nameof(others));
        if (others.FirstOrDefault(o => o.Name.Length == 0 || o.Name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))) is { } odd)
            throw new ArgumentException($"A part saves its state under the name '{odd.Name}'; expected letters, digits, '-', '_' and '.'.", nameof(others));
    }

    /// <summary>Torn checkpoints that <see cref="Restore"/> passed over, and what is wrong with them.</summary>
    public IReadOnlyList<string> PassedOver { get; private set; } = [];

    /// <summary>Writes a checkpoint. Runs on the torch thread.</summary>
    public void Save(TrainingState state) => store.Save(state.Step, folder =>
    {
        if (policy is IPretrainedModel pretrained) pretrained.SavePretrained(folder);
        var trainer = Path.Combine(folder, Trainer);
        Directory.CreateDirectory(trainer);
        var stamped = state with { OptionsHash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(optionsJson))), LibraryVersion = LibraryInfo.Version };
        File.WriteAllText(Path.Combine(trainer, State), JsonSerializer.Serialize(stamped, RunJson.Indented));
        File.WriteAllText(Path.Combine(trainer, Options), optionsJson);
        Write(Path.Combine(trainer, Optimizer), optimizer.Save);
        foreach (var other in others) Write(OtherPath(trainer, other), other.Save);
    }, options.KeepLast);

    /// <summary>Restores the newest complete checkpoint. Runs on the torch thread.</summary>
    /// <returns>Where the run stands; null when there is no checkpoint.</returns>
    /// <exception cref="InvalidDataException">The checkpoint belongs to a run with other options, or a file of it cannot be read.</exception>
    /// <exception cref="InvalidOperationException">There is a checkpoint, but the options forbid to resume.</exception>
    public TrainingState? Restore()
    {
        var newest = store.Newest(out var torn);
        PassedOver = torn;
        if (newest is not { } folder) return null;
        if (!options.Resume)
            throw new InvalidOperationException($"{folder} is a checkpoint of an earlier run and Checkpoints.Resume is false: choose another folder, or allow to resume.");
        var trainer = Path.Combine(folder, Trainer);
        RefuseOtherOptions(Path.Combine(trainer, Options));
        var path = Path.Combine(trainer, State);
        var state = JsonSerializer.Deserialize<TrainingState>(File.ReadAllText(path), RunJson.Indented)
            ?? throw new InvalidDataException($"{path} is empty; expected the state of a run.");
        Read(Path.Combine(trainer, Optimizer), optimizer.Load);
        foreach (var other in others) Read(OtherPath(trainer, other), other.Load);
        return state;
    }

    private void RefuseOtherOptions(string path)
    {
        var (was, now) = (Leaves(JsonNode.Parse(File.ReadAllText(path))), Leaves(JsonNode.Parse(optionsJson)));
        var changed = was.Keys.Union(now.Keys).Where(k => was.GetValueOrDefault(k) != now.GetValueOrDefault(k)).Order(StringComparer.Ordinal)
            .Select(k => $"{k} was {was.GetValueOrDefault(k) ?? "absent"}, is {now.GetValueOrDefault(k) ?? "absent"}").ToArray();
        if (changed.Length > 0)
            throw new InvalidDataException($"{path}: the run was started with other options and would not go on as it began ({string.Join("; ", changed)}). " +
                                           "Use the same options, or another folder.");
    }

    /// <summary>The options that decide how a run goes on: not where it writes, nor how often it saves.</summary>
    private static JsonObject Deciding(string optionsJson)
    {
        var options = JsonNode.Parse(optionsJson)!.AsObject();
        foreach (var other in new[] { nameof(KdrlTrainerOptions.Checkpoints), nameof(KdrlTrainerOptions.Output), nameof(KdrlTrainerOptions.MaxConcurrentRewards) }) options.Remove(other);
        return options;
    }

    private static Dictionary<string, string> Leaves(JsonNode? node, string path = "") => node switch
    {
        JsonObject inner => inner.SelectMany(p => Leaves(p.Value, path.Length == 0 ? p.Key : $"{path}.{p.Key}")).ToDictionary(),
        JsonArray inner => inner.SelectMany((v, i) => Leaves(v, $"{path}[{i}]")).ToDictionary(),
        _ => new() { [path] = node?.ToJsonString() ?? "null" },
    };

    private static string OtherPath(string trainer, ICheckpointed other) => Path.Combine(trainer, $"part-{other.Name}.bin");

    private static void Write(string path, Action<Stream> save)
    {
        using var file = File.Create(path);
        save(file);
    }

    private static void Read(string path, Action<Stream> load)
    {
        if (!File.Exists(path)) throw new InvalidDataException($"{path} is missing: the checkpoint was written by a run with other parts.");
        using var file = File.OpenRead(path);
        load(file);
    }
}
