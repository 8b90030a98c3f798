using Microsoft.Extensions.Options;

namespace KdRl.Distillation;

/// <summary>Range checks generated from the attributes of <see cref="KlPenaltyOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class KlPenaltyRanges : IValidateOptions<KlPenaltyOptions>;
