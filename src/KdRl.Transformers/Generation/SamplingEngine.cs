using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using KdRl.Rollouts;
using KdRl.Transformers.Generation;
using Microsoft.Extensions.Options;

namespace KdRl.Transformers;

/// <summary>Draws completions from a <see cref="CausalLM"/> in batches on a key-value cache.</summary>
/// <remarks>
/// A group's prompt is read once. Random numbers are a function of seed, prompt id, rollout and token position, so a rollout
/// does not depend on its company (up to floating-point ties). Tensor work runs on the model's torch thread.
/// </remarks>
public sealed class SamplingEngine : IRolloutEngine
{
    private readonly CausalLM model;
    private readonly Tokenizer tokenizer;
    private readonly TorchThread torchThread;
    private readonly int maxRows;

    /// <param name="model">The policy.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="torchThread">The thread on which the model's tensor work runs.</param>
    /// <param name="maxRows">The most rollouts drawn at once; it bounds memory. Positive; left out: 256.</param>
    /// <exception cref="ArgumentException">The tokenizer has ids the model lacks.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxRows"/> is not positive.</exception>
    public SamplingEngine(CausalLM model, Tokenizer tokenizer, TorchThread torchThread, int maxRows = 256)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(torchThread);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxRows);
        if (tokenizer.VocabularySize > model.Config.VocabularySize)
            throw new ArgumentException($"The tokenizer has ids up to {tokenizer.VocabularySize - 1}; the model's vocabulary has {model.Config.VocabularySize}.", nameof(tokenizer));
        (this.model, this.tokenizer, this.torchThread, this.maxRows) = (model, tokenizer, torchThread, maxRows);
    }

    /// <inheritdoc/>
    public long PolicyVersion { get; set; }

    /// <inheritdoc/>
    /// <remarks>
    /// A completion also ends (as truncated) where the model's <see cref="TransformerConfig.MaxPositions"/> is reached. Without
    /// <see cref="SamplingOptions.StopTokens"/> the model's end-of-sequence tokens stop it, or the tokenizer's when the model names none.
    /// </remarks>
    /// <exception cref="OptionsValidationException">An option is out of range or has no effect beside another.</exception>
    /// <exception cref="ArgumentException">A prompt is empty or as long as the model's context, or a conversation that the tokenizer has no chat template for or that the template refuses.</exception>
    /// <exception cref="InvalidOperationException">While drawing: the model's logits are not numbers.</exception>
    public IAsyncEnumerable<RolloutGroup> GenerateAsync(IReadOnlyList<Prompt> prompts, SamplingOptions options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(options);
        Validate(options);
        var drafts = prompts.SelectMany((prompt, i) => Drafts(prompt, i, options)).ToList();
        return Run(prompts, drafts, options, ct);
    }

    private async IAsyncEnumerable<RolloutGroup> Run(
        IReadOnlyList<Prompt> prompts, List<DraftRollout> drafts, SamplingOptions options, [EnumeratorCancellation] CancellationToken ct)
    {
        HashSet<int> stops = [.. options.StopTokens ?? (model.Config.EosTokenIds.Count > 0 ? [.. model.Config.EosTokenIds] : tokenizer.EosTokenId is { } end ? [end] : [])];
        var (size, version, done) = (options.GroupSize, PolicyVersion, 0);
        foreach (var batch in drafts.Chunk(maxRows))
        {
            await torchThread.RunAsync(() =>
            {
                using var sampler = new TokenSampler(options);
                new BatchDecoder(model, sampler, stops).Complete(batch, options.MaxNewTokens, ct);
            }, ct).ConfigureAwait(false);
            for (; done < prompts.Count && drafts[(done + 1) * size - 1].Finish is not null; done++)
            {
                var prompt = prompts[done];
                yield return new RolloutGroup(prompt, [.. drafts.GetRange(done * size, size).Select(draft => Finished(prompt, draft, version))]);
            }
        }
    }

    private IEnumerable<DraftRollout> Drafts(Prompt prompt, int index, SamplingOptions options)
    {
        var tokens = Tokens(prompt);
        var room = model.Config.MaxPositions - tokens.Length;
        if (tokens.Length == 0 || room <= 0)
            throw new ArgumentException($"Prompt '{prompt.Id}' has {tokens.Length} tokens; expected 1 to {model.Config.MaxPositions - 1}.", nameof(prompt));
        for (var j = 0; j < options.GroupSize; j++)
            yield return new DraftRollout(index, tokens, new RolloutSeed(options.Seed, prompt.Id, j), Math.Min(options.MaxNewTokens, room));
    }

    private int[] Tokens(Prompt prompt)
    {
        if (prompt.Messages is null) return tokenizer.Encode(prompt.Text!);
        if (!tokenizer.HasChatTemplate)
            throw new ArgumentException($"Prompt '{prompt.Id}' is a conversation, and the tokenizer has no chat template; expected one, or prompts with Text.", nameof(prompt));
        // The template writes BOS and its kin itself.
        return tokenizer.Encode(tokenizer.ApplyChatTemplate(prompt.Messages), addSpecialTokens: false);
    }

    private Rollout Finished(Prompt prompt, DraftRollout draft, long version)
    {
        int[] tokens = [.. draft.Tokens];
        return new Rollout
        {
            PromptId = prompt.Id,
            PromptTokens = draft.PromptTokens,
            CompletionTokens = tokens,
            LogProbs = [.. draft.LogProbs],
            FinishReason = draft.Finish!.Value,
            PolicyVersion = version,
            Text = tokenizer.Decode(tokens),
        };
    }

    private void Validate(SamplingOptions options)
    {
        var found = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), found, validateAllProperties: true);
        var failures = found.Select(result => result.ErrorMessage!).ToList();
        foreach (var id in options.StopTokens ?? [])
            if (id < 0 || id >= model.Config.VocabularySize)
                failures.Add($"{nameof(options.StopTokens)} has {id}; expected token ids below {model.Config.VocabularySize}, the size of the vocabulary.");
        if (options.Temperature == 0 && (options.TopK != 0 || options.TopP != 1 || options.MinP != 0))
            failures.Add($"{nameof(options.TopK)}, {nameof(options.TopP)} or {nameof(options.MinP)} is set beside {nameof(options.Temperature)} = 0; greedy decoding truncates nothing, so leave them at 0, 1 and 0.");
        if (failures.Count > 0) throw new OptionsValidationException(nameof(SamplingOptions), typeof(SamplingOptions), failures);
    }
}
