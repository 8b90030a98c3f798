namespace KdRl.Tests.Golden;

/// <summary>
/// Which of our functions answers for which peer/function. Each family of functions registers its adapters in a file of its own.
/// An adapter translates every option of the function, or returns the reason why a record has no counterpart.
/// </summary>
internal static class GoldenRegistry
{
    private static readonly Dictionary<string, Func<GoldenRecord, GoldenResult>> Adapters = new(
        [
            .. GoldenAdvantages.Adapters,
            .. GoldenPolicyLosses.Adapters,
            .. GoldenJointLosses.Adapters,
            .. GoldenSampling.Adapters,
            .. GoldenTrlLosses.Adapters,
            .. GoldenOtherLosses.Adapters,
            .. GoldenTokenAdvantages.Adapters,
            .. GoldenDistillation.Adapters,
            .. GoldenDivergences.Adapters,
        ]);

    /// <summary>The adapter of a record; null when the function is not offered.</summary>
    public static Func<GoldenRecord, GoldenResult>? Find(GoldenRecord record) => Adapters.GetValueOrDefault(record.Function);

    /// <summary>Functions that have an adapter.</summary>
    public static IEnumerable<string> Functions => Adapters.Keys;
}
