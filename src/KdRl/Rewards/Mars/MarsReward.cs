using System.Text.Json;
using System.Text.Json.Nodes;
using KdRl.Rollouts;

namespace KdRl.Rewards;

/// <summary>
/// The multi-source adaptive reward system of Pangu Embedded (arXiv 2505.22375) and Pangu Pro MoE (2505.21411): the prompt's task selects one primary reward, a broken form
/// costs a fixed penalty, and light terms come on top.
/// </summary>
/// <remarks>
/// <code>
/// r = r_fmt                                          if the form is broken
/// r = f(task)·w·primary + Σ wᵢ·fᵢ(task)·clip(auxᵢ, −1, 1)   otherwise
/// </code>
/// primary is the verifier's score, or a preference's as clip((s − μ)/σ, −c, c); f and fᵢ are 1 unless a curriculum goes by pass rates. The verdict
/// (<see cref="RewardOutcome.Correct"/>) is the primary's, whatever the rest says. Without a score of the primary, or of an auxiliary term that applies, there is none
/// here either; an auxiliary term that does not apply adds nothing. Parts: <c>format</c>, each source and each auxiliary term under its name, their own parts below, and
/// <c>weight/name</c> for weights that go by the pass rate. State: normalisation and pass rates, saved with the checkpoint; options other than those of the checkpoint are refused.
/// </remarks>
public sealed class MarsReward : IReward, IAdaptiveReward
{
    internal const string FormatPart = "format";

    private readonly MarsOptions options;
    private readonly IReward? format;
    private readonly Dictionary<string, MarsSource> routes = new(StringComparer.OrdinalIgnoreCase);
    private readonly (string Name, IReward Reward, MarsAuxiliaryOptions Options)[] auxiliaries;
    private readonly MarsPassRates passRates;

    /// <summary>Puts the rewards together.</summary>
    /// <param name="rewards">What scores; not to be changed afterwards.</param>
    /// <param name="options">Routes, levels and weights; not to be changed afterwards. Left out: the defaults.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">
    /// An option is out of range, names what is not there, has no effect, or would let a broken form pay.
    /// </exception>
    /// <exception cref="ArgumentException">A preference is normalised already.</exception>
    public MarsReward(MarsRewards rewards, MarsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(rewards);
        this.options = options ?? new MarsOptions();
        rewards = MarsTerms.Complete(rewards, this.options);
        MarsRules.ThrowIfInvalid(rewards, this.options);
        format = rewards.Format;
        auxiliaries = [.. rewards.Auxiliaries.Select(a => (a.Key, a.Value, this.options.Auxiliaries.GetValueOrDefault(a.Key) ?? new MarsAuxiliaryOptions()))];
        passRates = new MarsPassRates(this.options.PassRateMemory);
        Sources = [.. MarsSources.Of(rewards, this.options)];
        foreach (var source in Sources)
            foreach (var task in (this.options.Sources.GetValueOrDefault(source.Name)?.Tasks ?? []).Append(source.Name)) routes[task] = source;
    }

    /// <inheritdoc/>
    public string Name => options.Name;

    /// <inheritdoc/>
    public IEnumerable<IReward> Inner => [.. format is null ? [] : new[] { format }, .. Sources.Select(s => s.Reward), .. auxiliaries.Select(a => a.Reward)];

    string ICheckpointed.Name => "mars-" + StateName.Of(Name);

    internal IReadOnlyList<MarsSource> Sources { get; }

    /// <summary>Checks that every prompt has a primary reward, so that a run need not find out at its last step.</summary>
    /// <exception cref="ArgumentException">No source takes the task of a prompt.</exception>
    public void CheckRoutes(IEnumerable<Prompt> prompts)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        foreach (var prompt in prompts) Route(prompt);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">No source takes the task of the prompt.</exception>
    public async ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        var source = Route(request.Prompt);
        var members = new List<(string Name, IReward Reward)> { (source.Name, source.Reward) };
        members.AddRange(auxiliaries.Select(a => (a.Name, a.Reward)));
        var named = new List<(string Name, RewardOutcome Outcome)>();
        if (format is not null && options.Format.JudgeBroken) members.Add((FormatPart, format));
        else if (format is not null)
        {
            named.Add((FormatPart, await format.AskAsync(request, ct).ConfigureAwait(false)));
            if (named[0].Outcome.Value < options.Format.Threshold) members.Clear();
        }

        var outcomes = await Members.AskAllAsync(members.Select(m => m.Reward), request, ct).ConfigureAwait(false);
        named.AddRange(members.Zip(outcomes, (m, o) => (m.Name, o)));
        return Compose(source, request.Task, named);
    }

    /// <inheritdoc/>
    public void Observe(IReadOnlyList<ScoredGroup> groups) => passRates.Observe(groups);

    /// <inheritdoc/>
    public void Save(Stream stream) => JsonSerializer.Serialize(stream, new MarsState(JsonSerializer.SerializeToNode(options)!, passRates.Known));

    /// <inheritdoc/>
    public void Load(Stream stream)
    {
        MarsState? saved;
        try { saved = JsonSerializer.Deserialize<MarsState>(stream); }
        catch (JsonException e) { throw new InvalidDataException($"The state of the reward {Name} cannot be read: {e.Message}", e); }
        if (saved?.Options is null || saved.PassRates is null) throw new InvalidDataException($"The state of the reward {Name} is empty; expected options and pass rates.");
        var now = JsonSerializer.SerializeToNode(options);
        if (!JsonNode.DeepEquals(saved.Options, now))
            throw new InvalidDataException($"The run was started with other options of the reward {Name} and would not go on as it began; they were {saved.Options.ToJsonString()}, are {now!.ToJsonString()}.");
        passRates.Restore(saved.PassRates);
    }

    private MarsSource Route(Prompt prompt) =>
        routes.GetValueOrDefault(prompt.Task ?? "") ?? routes.GetValueOrDefault(options.DefaultSource ?? "")
        ?? throw new ArgumentException(
            $"Prompt '{prompt.Id}' has {(prompt.Task is null ? "no task" : $"the task '{prompt.Task}'")}, which no source of the reward {Name} takes; known are " +
            $"{string.Join(", ", routes.Keys.Order(StringComparer.OrdinalIgnoreCase))}, or name a DefaultSource.", nameof(prompt));

    private RewardOutcome Compose(MarsSource source, string? task, List<(string Name, RewardOutcome Outcome)> named)
    {
        var parts = Members.Parts(named);
        var passRate = passRates.Of(task);
        var primary = named.FirstOrDefault(n => n.Name == source.Name).Outcome;
        return Total() with { Correct = primary?.Correct, Parts = parts };

        RewardOutcome Total()
        {
            var reason = Members.Reason(named);
            var gate = named.FirstOrDefault(n => n.Name == FormatPart).Outcome;
            if (gate is not null && gate.IsFault()) return RewardOutcome.Unscored(gate.Status, reason ?? "");
            if (gate?.Value < options.Format.Threshold) return RewardOutcome.Scored(source.Penalty) with { Reason = reason };
            if (primary!.Value is not { } value) return RewardOutcome.Unscored(primary.Status, reason ?? "");
            if (value < source.Lowest || value > source.Highest)
                return RewardOutcome.Unscored(RewardStatus.Failed,
                    $"{source.Name} scored {value}, outside of its range [{source.Lowest}, {source.Highest}]: set Sources.{source.Name}.Lowest and Highest.");
            var total = Weigh(source.Name, source.Weight, options.Curriculum?.Factor(passRate)) * value;
            foreach (var auxiliary in auxiliaries)
            {
                var outcome = named.First(n => n.Name == auxiliary.Name).Outcome;
                if (outcome.IsFault()) return RewardOutcome.Unscored(outcome.Status, reason ?? "");
                if (outcome.Value is { } term) total += Weigh(auxiliary.Name, auxiliary.Options.Weight, Ramp(auxiliary.Options, passRate)) * Math.Clamp(term, -1, 1);
            }

            // Of numbers that are equal but for rounding, a kept form has the higher one.
            return RewardOutcome.Scored(Math.Max(total, source.Penalty)) with { Reason = reason };
        }

        // A weight that moves is a part of the score and logged with it.
        double Weigh(string name, double weight, double? factor)
        {
            if (factor is null) return weight;
            parts[$"weight/{name}"] = weight * factor.Value;
            return weight * factor.Value;
        }
    }

    private static double? Ramp(MarsAuxiliaryOptions auxiliary, double? passRate) =>
        auxiliary.FromPassRate is not { } from || auxiliary.FullPassRate is not { } full ? null
        : passRate is { } p ? Math.Clamp((p - from) / (full - from), 0, 1)
        : 0;
}
