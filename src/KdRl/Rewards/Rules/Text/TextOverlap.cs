namespace KdRl.Rewards;

/// <summary>How far a candidate text covers a reference.</summary>
/// <param name="Precision">Matched units / units of the candidate, in [0, 1]; 0 when it has none.</param>
/// <param name="Recall">Matched units / units of the reference, in [0, 1]; 0 when it has none.</param>
public readonly record struct TextOverlap(double Precision, double Recall)
{
    /// <summary>2PR / (P + R), in [0, 1]; 0 when nothing matches.</summary>
    public double F1 => Precision + Recall == 0 ? 0 : 2 * Precision * Recall / (Precision + Recall);

    internal static TextOverlap Of(int matched, int candidate, int reference) =>
        new(candidate == 0 ? 0 : matched / (double)candidate, reference == 0 ? 0 : matched / (double)reference);
}
