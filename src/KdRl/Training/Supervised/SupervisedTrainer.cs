using System.Diagnostics;
using System.Runtime.CompilerServices;
using KdRl.Tensors;
using KdRl.Training.Optimization;
using Microsoft.Extensions.Options;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Training;

/// <summary>
/// Teaches a model from worked examples: minimises the cross-entropy of the completion tokens, −(1/N) Σ lp, with one denominator N a step,
/// and what the model itself asks for (<see cref="AuxiliaryLosses"/>).
/// </summary>
public sealed class SupervisedTrainer : IDisposable
{
    private readonly ICausalModel model;
    private readonly TorchThread thread;
    private readonly IReadOnlyList<SupervisedExample> examples;
    private readonly SupervisedTrainerOptions options;
    private readonly StepMemory memory;
    private readonly AdamW optimizer;
    private readonly LearningRateSchedule learningRate;
    private readonly SeededOrder<SupervisedExample> order;
    private long done;

    /// <summary>Prepares the training.</summary>
    /// <param name="model">The model; also a <c>torch.nn.Module</c>.</param>
    /// <param name="thread">The thread on which its tensors live.</param>
    /// <param name="examples">The worked examples, in any order.</param>
    /// <param name="options">Everything else; not to be changed while the trainer lives.</param>
    /// <exception cref="ArgumentException">The model is not a module, or there is an example without prompt or completion.</exception>
    /// <exception cref="InvalidOperationException">The memory does not suffice for the weights, their gradients and moments, and the longest example.</exception>
    /// <exception cref="OptionsValidationException">An option is out of range or without effect.</exception>
    public SupervisedTrainer(ICausalModel model, TorchThread thread, IReadOnlyList<SupervisedExample> examples, SupervisedTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(thread);
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentNullException.ThrowIfNull(options);
        var module = PartsCheck.Module(model, nameof(model));
        if (examples.Count == 0) throw new ArgumentException("There are no examples; expected at least one.", nameof(examples));
        for (var i = 0; i < examples.Count; i++)
            if (examples[i].Prompt.Length == 0 || examples[i].Completion.Length == 0)
                throw new ArgumentException($"Example {i} has {examples[i].Prompt.Length} prompt and {examples[i].Completion.Length} completion tokens; expected at least one of each.", nameof(examples));
        var ranges = new SupervisedTrainerRanges().Validate(null, options);
        var failures = ranges.Failed ? [.. ranges.Failures] : KdrlTrainerOptionsCheck.LearningRate(options.LearningRate).ToList();
        if (failures.Count > 0) throw new OptionsValidationException(nameof(SupervisedTrainerOptions), typeof(SupervisedTrainerOptions), failures);
        (this.model, this.thread, this.examples, this.options) = (model, thread, examples, options);
        learningRate = new LearningRateSchedule(options.LearningRate, options.Steps);
        order = new SeededOrder<SupervisedExample>(examples, options.Seed);
        memory = thread.RunAsync(() => StepMemory.Of(model, module, options.MicroBatchTokens, options.MemoryLimit, teacher: null)).GetAwaiter().GetResult();
        memory.ThrowIfTooLong(examples.Max(e => e.Prompt.Length + e.Completion.Length));
        optimizer = thread.RunAsync(() => new AdamW(module, options.Optimizer)).GetAwaiter().GetResult();
    }

    /// <summary>The predicted memory of a step, in sentences.</summary>
    public IReadOnlyList<string> Memory => [.. memory.Lines];

    /// <summary>Tokens that go through the model at once: those asked for, or fewer where memory is short.</summary>
    public int MicroBatchTokens => memory.MicroBatchTokens;

    /// <summary>Trains step by step. Leave the loop to stop early; a later call goes on from there.</summary>
    /// <param name="ct">Cancels the training between two steps.</param>
    public async IAsyncEnumerable<SupervisedStep> RunAsync([EnumeratorCancellation] CancellationToken ct = default)
    {
        while (done < options.Steps)
        {
            ct.ThrowIfCancellationRequested();
            yield return await thread.RunAsync(Step, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Trains until a condition holds or the steps are used up.</summary>
    /// <param name="stop">Asked after each step, while the model rests: true ends the training. May evaluate the model.</param>
    /// <param name="ct">Cancels the training.</param>
    /// <returns>The last step; null when there was none left to take.</returns>
    public async Task<SupervisedStep?> RunUntilAsync(Func<SupervisedStep, CancellationToken, ValueTask<bool>> stop, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(stop);
        SupervisedStep? last = null;
        await foreach (var step in RunAsync(ct).ConfigureAwait(false))
        {
            last = step;
            if (await stop(step, ct).ConfigureAwait(false)) break;
        }

        return last;
    }

    /// <summary>Frees the optimiser's tensors.</summary>
    public void Dispose() => thread.RunAsync(optimizer.Dispose).GetAwaiter().GetResult();

    private SupervisedStep Step()
    {
        var start = Stopwatch.GetTimestamp();
        var rate = learningRate.At(done);
        var batch = order.Take(done * options.BatchSize, options.BatchSize);
        var tokens = batch.Sum(e => e.Completion.Length);
        var device = model.OutputWeight.device;
        using var denominator = ((double)tokens).ToScalar();
        var total = 0.0;
        int[] lengths = [.. batch.Select(e => e.Prompt.Length + e.Completion.Length)];
        var plan = MicroBatches.Plan(lengths, memory.MicroBatchTokens);
        try
        {
            foreach (var micro in plan)
            {
                using var scope = NewDisposeScope();
                using var auxiliary = AuxiliaryLosses.Collect();
                using var direct = AdamW.Direct(isFirst: ReferenceEquals(micro, plan[0]));
                var rows = new ScoredRows([.. micro.Select(i => new TokenSequence(batch[i].Prompt, batch[i].Completion))], device);
                Tensor Loss(TokenScores scores) => scores.LogProbs.sum().neg().div(denominator);
                var loss = rows.AreKept(model) ? Loss(rows.Score(model, 1)) : rows.Reduce(model, 1, null, (_, scores) => Loss(scores)).Loss;
                auxiliary.AddTo(loss, micro.Sum(i => (double)lengths[i]) / lengths.Sum(length => (double)length)).backward();
                direct.AddToOwn();
                optimizer.Accumulate();
                total += loss.item<float>();
            }
        }
        catch
        {
            // The next step begins with gradients of zero.
            optimizer.ZeroGradients();
            throw;
        }

        var outcome = optimizer.Step(rate);
        return new SupervisedStep(++done, total, outcome.GradientNorm, rate, tokens, Stopwatch.GetElapsedTime(start).TotalSeconds, !outcome.Applied);
    }
}
