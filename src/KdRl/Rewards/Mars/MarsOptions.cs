using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>Routes, levels and weights of a <see cref="MarsReward"/>. The papers publish the modules, not these numbers: the defaults are ours.</summary>
public sealed class MarsOptions
{
    /// <summary>Names the reward in logs, metrics and checkpoints.</summary>
    /// <value>The default value is <c>mars</c>.</value>
    [Required]
    public string Name { get; set; } = "mars";

    /// <summary>What is said of primary rewards, by their name; one that is not listed has the defaults.</summary>
    public Dictionary<string, MarsSourceOptions> Sources { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The primary reward of prompts without a task, or with one that no source takes. Null: such a prompt is an error.</summary>
    /// <value>The default value is null.</value>
    public string? DefaultSource { get; set; }

    /// <summary>The gate.</summary>
    [Required, ValidateObjectMembers]
    public MarsFormatOptions Format { get; set; } = new();

    /// <summary>
    /// Weights of the auxiliary terms, by their name; a given one that is not listed has the defaults. A name listed here that is not given is made: <c>repetition</c>,
    /// <c>length</c> and <c>language</c> as they are, others by the kind they name.
    /// </summary>
    public Dictionary<string, MarsAuxiliaryOptions> Auxiliaries { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How the scores of preferences are brought to a common scale.</summary>
    [Required, ValidateObjectMembers]
    public NormalizationOptions Normalization { get; set; } = new();

    /// <summary>Weights primary rewards by how well their task goes. Null: all tasks weigh alike.</summary>
    /// <value>The default value is null.</value>
    [ValidateObjectMembers]
    public MarsCurriculumOptions? Curriculum { get; set; }

    /// <summary>
    /// m in p ← m·p + (1 − m)·(share of right answers of the step), the pass rate of a task that the curriculum and auxiliary terms with
    /// <see cref="MarsAuxiliaryOptions.FullPassRate"/> go by.
    /// </summary>
    /// <value>The default value is 0.9.</value>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double PassRateMemory { get; set; } = 0.9;

    /// <summary>Reads options from configuration.</summary>
    /// <param name="configuration">The section that holds the options, under the names of the properties here.</param>
    /// <exception cref="InvalidOperationException">A key is unknown, a value cannot be read, or a section that would turn something on is empty; the place is named.</exception>
    public static MarsOptions Bind(IConfiguration configuration) => OptionsReader.Read<MarsOptions>(configuration);
}
