namespace KdRl.Tensors;

/// <summary>What multiplies a row of the head, the same for every token.</summary>
/// <param name="Inverse">1 / τ of the student.</param>
/// <param name="TeacherInverse">1 / τ of the teacher.</param>
/// <param name="Beta">β of <see cref="HeadDivergence"/>.</param>
internal readonly record struct HeadFactors(float Inverse, float TeacherInverse, float Beta)
{
    public static HeadFactors Of(HeadSettings settings) => new((float)(1 / settings.Temperature), (float)(1 / settings.TeacherTemperature), (float)settings.Beta);
}
