using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace KdRl.Rewards.Code;

/// <summary>Settings of <see cref="CodeReward"/>.</summary>
public sealed class CodeRewardOptions
{
    /// <summary>Raise it when the rules of the comparers change.</summary>
    private const int Comparison = 1;

    /// <summary>What passed tests are worth.</summary>
    /// <value>The default value is <see cref="CodeScoring.AllOrNothing"/>.</value>
    [EnumDataType(typeof(CodeScoring))]
    public CodeScoring Scoring { get; set; }

    /// <summary>The levels of <see cref="CodeScoring.Staged"/>; with another scoring they have no effect and must be left out.</summary>
    /// <value>The default value is null: the defaults of <see cref="CodeLevels"/>.</value>
    public CodeLevels? Levels { get; set; }

    /// <summary>What one run may use. The output may be longer by the length of what is expected.</summary>
    [Required]
    public SandboxLimits Limits { get; set; } = new();

    /// <summary>The longest code, in characters; longer code is a wrong answer.</summary>
    /// <value>The default value is 65,536.</value>
    [Range(1, 1 << 24)]
    public int MaxCodeLength { get; set; } = 1 << 16;

    /// <summary>After this many crashes and overruns the tests that are left count as failed and are not run: each may cost all of its limits.</summary>
    /// <value>The default value is 3. Without effect on <see cref="CodeScoring.AllOrNothing"/>, which stops at the first.</value>
    [Range(1, int.MaxValue)]
    public int MaxCrashes { get; set; } = 3;

    /// <summary>The languages that tests may name.</summary>
    /// <value>The default value is <see cref="CodeLanguages.All"/>.</value>
    [MinLength(1)]
    public IList<ICodeLanguage> Languages { get; set; } = [.. CodeLanguages.All];

    internal CodeLevels EffectiveLevels => Levels ?? new CodeLevels();

    /// <summary>A hash of all options and of how outputs are compared.</summary>
    internal string Version => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
        new { Comparison, Scoring, EffectiveLevels, Limits, MaxCodeLength, MaxCrashes, Languages = Languages.Select(l => l.Name) })));

    /// <summary>Throws when an option is out of range or without effect.</summary>
    internal void ThrowIfInvalid()
    {
        List<ValidationResult> results = [];
        foreach (object part in new object?[] { this, Limits, Levels }.OfType<object>())
            Validator.TryValidateObject(part, new ValidationContext(part), results, validateAllProperties: true);
        List<string> failures = [.. results.Select(r => r.ErrorMessage!)];
        if (Levels is not null && Scoring != CodeScoring.Staged)
            failures.Add($"{nameof(Levels)} is set, but {nameof(Scoring)} is {Scoring}, which has none; leave it out or choose {CodeScoring.Staged}.");
        var (none, syntax, crash, runs) = (EffectiveLevels.NoCode, EffectiveLevels.SyntaxError, EffectiveLevels.Crash, EffectiveLevels.Runs);
        if (!(none <= syntax && syntax <= crash && crash <= runs))
            failures.Add($"{nameof(Levels)} are {none}, {syntax}, {crash}, {runs}: a worse answer would get more; expected them not to fall.");
        if (Languages.GroupBy(l => l.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            failures.Add($"{nameof(Languages)} has '{twice.Key}' twice; expected each name once.");
        if (failures.Count > 0) throw new OptionsValidationException(nameof(CodeRewardOptions), typeof(CodeRewardOptions), failures);
    }
}
