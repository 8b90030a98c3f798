using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>Range checks generated from the attributes of <see cref="InstructionRewardOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class InstructionRewardOptionsRanges : IValidateOptions<InstructionRewardOptions>;
