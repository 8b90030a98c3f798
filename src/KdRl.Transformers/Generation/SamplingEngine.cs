using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using KdRl.Rollouts;
using KdRl.Transformers.Generation;
using KdRl.Transformers.Models;
using Microsoft.Extensions.Options;

namespace KdRl.Transformers;

/// <summary>Draws completions from a <see cref="CausalLM"/> by continuous batching on a key-value cache of bounded size.</summary>
/// <remarks>
/// <para>
/// Rollouts join and leave the batch at every step, and a group's prompt is read once. When the cache is full, the youngest rollouts
/// give way and are read again when there is room; a rollout is the same in any case. Random numbers are a function of seed, prompt
/// id, rollout and token position, so a rollout does not depend on its company (up to floating-point ties: two batches of different
/// size may round a sum differently, and a token whose random number falls between the two results differs). In 32 bits that is too rare to
/// be seen in thousands of rollouts. 16 bits round some sixty thousand times as coarsely; there, on an x64 Linux with AVX512_BF16, a row's
/// products are formed the same way whatever else is multiplied. Elsewhere 16-bit rollouts drawn one at a time, whose products are formed
/// another way, differ from those drawn side by side.
/// </para>
/// <para>
/// Tensor work runs on the model's torch thread, in one work item a group, when the consumer asks for the group; other work may run
/// between. The weights must not change until the last group has come: on the CPU, draws of several rollouts take a copy of the matrices in
/// a layout that decoding reads faster, and keep it to the end of the call, unless they are bfloat16 and the processor multiplies those where
/// they are (AVX512_BF16). Steps on the CPU are divided among as many threads as torch may use there; adapters, mixtures of experts and
/// 16-bit floats other than bfloat16 are decoded by plain tensor code.
/// </para>
/// </remarks>
public sealed class SamplingEngine : IRolloutEngine
{
    private readonly CausalLM model;
    private readonly Tokenizer tokenizer;
    private readonly TorchThread torchThread;
    private readonly DecodingLimits limits;

    /// <summary>Prepares to draw; nothing is allocated yet.</summary>
    /// <param name="model">The policy.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="torchThread">The thread on which the model's tensor work runs.</param>
    /// <param name="maxRows">The most rollouts in flight at once. Positive; left out: 256.</param>
    /// <param name="maxCacheBytes">
    /// The most bytes of keys and values, prompts included. Positive; left out: 2 GiB. Memory is taken as it is needed. A token takes
    /// 2 · layers · key heads · head width numbers, and each rollout in flight as many tokens as the longest has.
    /// </param>
    /// <param name="stepTokens">
    /// The most tokens that pass the model in one step: one for each rollout in flight, and prompts in what that leaves, long ones in
    /// chunks. It bounds the memory of activations. Positive; left out: 4096.
    /// </param>
    /// <exception cref="ArgumentException">The tokenizer has ids the model lacks.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A limit is not positive.</exception>
    public SamplingEngine(CausalLM model, Tokenizer tokenizer, TorchThread torchThread, int maxRows = 256, long maxCacheBytes = 2L << 30, int stepTokens = 4096)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(torchThread);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxRows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxCacheBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stepTokens);
        if (tokenizer.VocabularySize > model.Config.VocabularySize)
            throw new ArgumentException($"The tokenizer has ids up to {tokenizer.VocabularySize - 1}; the model's vocabulary has {model.Config.VocabularySize}.", nameof(tokenizer));
        (this.model, this.tokenizer, this.torchThread) = (model, tokenizer, torchThread);
        limits = new DecodingLimits(maxRows, maxCacheBytes / KeyValueCache.BytesPerToken(model.Config, model.OutputWeight.ElementSize), stepTokens);
    }

    /// <inheritdoc/>
    public long PolicyVersion { get; set; }

    /// <inheritdoc/>
    /// <remarks>
    /// A completion also ends (as truncated) where the model's <see cref="TransformerConfig.MaxPositions"/> is reached. Without
    /// <see cref="SamplingOptions.StopTokens"/> the model's end-of-sequence tokens stop it, or the tokenizer's when the model names none.
    /// </remarks>
    /// <exception cref="OptionsValidationException">An option is out of range or has no effect beside another.</exception>
    /// <exception cref="ArgumentException">A prompt is empty, as long as the model's context or too long for the cache, or a conversation that the tokenizer has no chat template for or that the template refuses.</exception>
    /// <exception cref="InvalidOperationException">While drawing: the model's logits are not numbers.</exception>
    public IAsyncEnumerable<RolloutGroup> GenerateAsync(IReadOnlyList<Prompt> prompts, SamplingOptions options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(options);
        Validate(options);
        var guards = new DraftGuards(options, text => tokenizer.Encode(text, addSpecialTokens: false));
        var drafts = prompts.SelectMany((prompt, i) => Drafts(prompt, i, options, guards)).ToList();
        return Run(prompts, drafts, options, ct);
    }

    private async IAsyncEnumerable<RolloutGroup> Run(
        IReadOnlyList<Prompt> prompts, List<DraftRollout> drafts, SamplingOptions options, [EnumeratorCancellation] CancellationToken ct)
    {
        int[] ends = options.StopTokens ?? (model.Config.EosTokenIds.Count > 0 ? [.. model.Config.EosTokenIds] : tokenizer.EosTokenId is { } end ? [end] : []);
        var (size, version) = (options.GroupSize, PolicyVersion);
        using var sampler = new TokenSampler(options);
        using var decoder = new RolloutDecoder(model, sampler, new StopCondition(ends, options.StopStrings ?? [], tokenizer), limits, drafts);
        for (var i = 0; i < prompts.Count; i++)
        {
            var (prompt, group) = (prompts[i], drafts.GetRange(i * size, size));
            await torchThread.RunAsync(() => decoder.Finish(group, ct), ct).ConfigureAwait(false);
            yield return new RolloutGroup(prompt, [.. group.Select(draft => Finished(prompt, draft, version))]);
        }
    }

    private IEnumerable<DraftRollout> Drafts(Prompt prompt, int index, SamplingOptions options, DraftGuards guards)
    {
        var tokens = Tokens(prompt);
        var room = model.Config.MaxPositions - tokens.Length;
        if (tokens.Length == 0 || room <= 0)
            throw new ArgumentException($"Prompt '{prompt.Id}' has {tokens.Length} tokens; expected 1 to {model.Config.MaxPositions - 1}.", nameof(prompt));
        var limit = Math.Min(options.MaxNewTokens, room);
        if (2L * (tokens.Length + limit) > limits.CacheTokens)
            throw new ArgumentException($"Prompt '{prompt.Id}' has {tokens.Length} tokens and its completions up to {limit}; the cache holds {limits.CacheTokens} tokens, expected to be at least twice their sum. Raise maxCacheBytes or lower MaxNewTokens.", nameof(prompt));
        for (var j = 0; j < options.GroupSize; j++) yield return new DraftRollout(index, tokens, new RolloutSeed(options.Seed, prompt.Id, j), limit, guards.Create());
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
            Injected = draft.Injected(),
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
        foreach (var text in options.StopStrings ?? [])
            if (string.IsNullOrEmpty(text)) failures.Add($"{nameof(options.StopStrings)} has an empty string; it would end every completion at once.");
        if (options.Temperature == 0 && (options.TopK != 0 || options.TopP != 1 || options.MinP != 0))
            failures.Add($"{nameof(options.TopK)}, {nameof(options.TopP)} or {nameof(options.MinP)} is set beside {nameof(options.Temperature)} = 0; greedy decoding truncates nothing, so leave them at 0, 1 and 0.");
        failures.AddRange(DraftGuards.Failures(options));
        if (failures.Count > 0) throw new OptionsValidationException(nameof(SamplingOptions), typeof(SamplingOptions), failures);
    }
}
