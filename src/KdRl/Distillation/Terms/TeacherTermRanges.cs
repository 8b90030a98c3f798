using Microsoft.Extensions.Options;

namespace KdRl.Distillation;

/// <summary>Range checks generated from the attributes of <see cref="TeacherTermOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class TeacherTermRanges : IValidateOptions<TeacherTermOptions>;
