using KdRl.Rollouts;

namespace KdRl.Distillation;

/// <summary>Several teachers as one: each rollout is sent to the teacher of its key, for instance of its task.</summary>
/// <remarks>Teachers are asked one after another, each once a call with all of its rollouts; results come in the order of the rollouts.</remarks>
public sealed class TeacherRouter : ITeacher
{
    private readonly IReadOnlyDictionary<string, ITeacher> teachers;
    private readonly Func<Rollout, string> keyOf;

    /// <summary>Routes by a function of the rollout.</summary>
    /// <param name="teachers">The teachers by key; at least one. Copied.</param>
    /// <param name="keyOf">Gives the key of a rollout.</param>
    /// <exception cref="ArgumentException">There are no teachers, or one is null.</exception>
    public TeacherRouter(IReadOnlyDictionary<string, ITeacher> teachers, Func<Rollout, string> keyOf)
    {
        ArgumentNullException.ThrowIfNull(teachers);
        ArgumentNullException.ThrowIfNull(keyOf);
        if (teachers.Count == 0) throw new ArgumentException("'teachers' is empty; expected at least one teacher.", nameof(teachers));
        foreach (var (key, teacher) in teachers)
            if (teacher is null) throw new ArgumentException($"The teacher of key '{key}' is null.", nameof(teachers));
        this.teachers = new Dictionary<string, ITeacher>(teachers);
        this.keyOf = keyOf;
    }

    /// <summary>Routes by the task of the prompt.</summary>
    /// <param name="teachers">The teachers by task; at least one. Copied.</param>
    /// <param name="prompts">All prompts whose rollouts will come.</param>
    /// <exception cref="ArgumentException">There are no teachers, one is null, two prompts share an id, or one has no task.</exception>
    public static TeacherRouter ByTask(IReadOnlyDictionary<string, ITeacher> teachers, IEnumerable<Prompt> prompts)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        var tasks = prompts.ToDictionary(
            prompt => prompt.Id,
            prompt => prompt.Task ?? throw new ArgumentException($"Prompt '{prompt.Id}' has no task to be routed by.", nameof(prompts)));
        return new TeacherRouter(teachers, rollout => tasks.TryGetValue(rollout.PromptId, out var task)
            ? task
            : throw new ArgumentException($"Prompt '{rollout.PromptId}' is not among the prompts that the router knows.", nameof(rollout)));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A key has no teacher; no teacher has been asked then.</exception>
    /// <exception cref="InvalidOperationException">A teacher answered with another number of rollouts or tokens than it was asked.</exception>
    public async Task<IReadOnlyList<float[]>> LogProbsAsync(IReadOnlyList<Rollout> rollouts, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(rollouts);
        var byKey = Enumerable.Range(0, rollouts.Count).GroupBy(i => Key(rollouts[i])).ToList();
        var results = new float[rollouts.Count][];
        foreach (var group in byKey)
        {
            var rows = group.ToList();
            var answers = await teachers[group.Key].LogProbsAsync([.. rows.Select(i => rollouts[i])], ct).ConfigureAwait(false);
            if (answers.Count != rows.Count)
                throw new InvalidOperationException($"The teacher of key '{group.Key}' answered for {answers.Count} rollouts; expected {rows.Count}.");
            for (var k = 0; k < rows.Count; k++)
            {
                var expected = rollouts[rows[k]].CompletionTokens.Length;
                if (answers[k].Length != expected)
                    throw new InvalidOperationException(
                        $"The teacher of key '{group.Key}' gave {answers[k].Length} log-probs for a completion of prompt '{rollouts[rows[k]].PromptId}'; expected {expected}.");
                results[rows[k]] = answers[k];
            }
        }
        return results;
    }

    private string Key(Rollout rollout)
    {
        var key = keyOf(rollout);
        return key is not null && teachers.ContainsKey(key)
            ? key
            : throw new ArgumentException($"No teacher for key '{key}' (prompt '{rollout.PromptId}'); known keys: {string.Join(", ", teachers.Keys)}.", nameof(rollout));
    }
}
