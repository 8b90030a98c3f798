using Microsoft.Extensions.Options;

namespace KdRl.Training;

/// <summary>The ranges written at the options; generated.</summary>
[OptionsValidator]
internal sealed partial class KdrlTrainerOptionsRanges : IValidateOptions<KdrlTrainerOptions>;
