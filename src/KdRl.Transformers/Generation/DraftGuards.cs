using System.ComponentModel.DataAnnotations;
using KdRl.Rollouts;

namespace KdRl.Transformers.Generation;

/// <summary>Makes the guards that the sampling options ask for, one set a draft.</summary>
internal sealed class DraftGuards
{
    private readonly SamplingOptions options;
    private readonly IReadOnlyList<int> repair = [];
    private readonly ThinkingEnd? thinking;

    /// <param name="options">What is asked for.</param>
    /// <param name="encode">Text to tokens, without special ones of the tokenizer's own.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The window of the guard is too small for its count.</exception>
    public DraftGuards(SamplingOptions options, Func<string, int[]> encode)
    {
        this.options = options;
        if (options.Thinking is { } end) thinking = ThinkingEnd.Of(end.CloseTag, end.EndText, encode);
        if (options.RepetitionGuard is { } guard) repair = encode(guard.RepairText);
        Create();
    }

    /// <summary>The guard of one completion; null when none is asked for.</summary>
    public IGenerationGuard? Create()
    {
        List<IGenerationGuard> guards = [];
        if (options.RepetitionGuard is { } repetition) guards.Add(new RepetitionGuard(repetition, repair, thinking));
        if (options.Thinking?.MaxTokens is { } budget) guards.Add(new ThinkingBudget(budget, thinking!));
        return guards switch { [] => null, [var only] => only, _ => new GenerationGuards(guards) };
    }

    /// <summary>What is wrong with the options.</summary>
    public static IEnumerable<string> Failures(SamplingOptions options)
    {
        foreach (var (name, part) in new (string, object?)[] { (nameof(options.RepetitionGuard), options.RepetitionGuard), (nameof(options.Thinking), options.Thinking) })
        {
            var found = new List<ValidationResult>();
            if (part is not null) Validator.TryValidateObject(part, new ValidationContext(part), found, validateAllProperties: true);
            foreach (var result in found) yield return $"{name}: {result.ErrorMessage}";
        }
        if (options.Thinking is { MaxTokens: null } && options.RepetitionGuard is null)
            yield return $"{nameof(options.Thinking)} has no {nameof(ThinkingOptions.MaxTokens)}, and there is no {nameof(options.RepetitionGuard)} that ends thinking; set one of them.";
        if (options.Thinking?.MaxTokens >= options.MaxNewTokens)
            yield return $"{nameof(options.Thinking)}.{nameof(ThinkingOptions.MaxTokens)} is {options.Thinking.MaxTokens}; expected less than {nameof(options.MaxNewTokens)} ({options.MaxNewTokens}), or it has no effect.";
        if (options.Thinking is { } thinking && !thinking.EndText.Contains(thinking.CloseTag, StringComparison.Ordinal))
            yield return $"{nameof(options.Thinking)}.{nameof(ThinkingOptions.EndText)} does not contain {thinking.CloseTag}; expected it to.";
    }
}
