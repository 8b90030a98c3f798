using Microsoft.Extensions.Options;

namespace KdRl.Objectives;

/// <summary>Range checks generated from the attributes of <see cref="KdrlOptions"/> and what it holds.</summary>
[OptionsValidator]
internal sealed partial class KdrlRanges : IValidateOptions<KdrlOptions>;
