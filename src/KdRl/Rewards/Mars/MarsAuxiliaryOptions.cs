using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>The weight of an auxiliary term, and what it is where <see cref="MarsRewards.Auxiliaries"/> has none of its name.</summary>
/// <example>
/// <code>
/// "Auxiliaries": {
///   "repetition": { "Weight": 0.2 },
///   "length": { "Weight": 0.1, "SoftOverlong": { "MaxLength": 8192, "Buffer": 2048 } },
///   "language": { "Weight": 0.05 }
/// }
/// </code>
/// </example>
public sealed class MarsAuxiliaryOptions
{
    /// <summary>What its score in [−1, 1] is multiplied by; negative to punish what scores high.</summary>
    /// <value>The default value is 0.1, a light term.</value>
    [Range(-1e6, 1e6)]
    public double Weight { get; set; } = 0.1;

    /// <summary>Pass rate of the task up to which the weight is 0.</summary>
    /// <value>The default value is null: the term counts from the first step on.</value>
    [Range(0.0, 1.0)]
    public double? FromPassRate { get; set; }

    /// <summary>Pass rate of the task from which the whole weight counts; in between it rises linearly. While no pass rate is known the weight is 0.</summary>
    /// <value>The default value is null: the term counts from the first step on.</value>
    [Range(0.0, 1.0)]
    public double? FullPassRate { get; set; }

    /// <summary>Makes the term a penalty on repetition (<see cref="RepetitionReward"/>) with these options.</summary>
    /// <value>The default value is null: the reward given under this name; where there is none, <c>repetition</c> is this penalty with its defaults.</value>
    [ValidateObjectMembers]
    public RepetitionOptions? Repetition { get; set; }

    /// <summary>Makes the term a penalty on responses near the length limit (<see cref="SoftOverlongReward"/>) with these options.</summary>
    /// <value>The default value is null: the reward given under this name; where there is none, <c>length</c> is this penalty and needs its options, the limit above all.</value>
    [ValidateObjectMembers]
    public SoftOverlongOptions? SoftOverlong { get; set; }

    /// <summary>Makes the term the share of the response in the prompt's language (<see cref="LanguageConsistencyReward"/>) with these options.</summary>
    /// <value>The default value is null: the reward given under this name; where there is none, <c>language</c> is this share with its defaults.</value>
    [ValidateObjectMembers]
    public LanguageConsistencyOptions? Language { get; set; }
}
