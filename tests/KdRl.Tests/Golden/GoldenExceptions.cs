namespace KdRl.Tests.Golden;

/// <summary>The one table of what is not compared, each with its reason.</summary>
internal static class GoldenExceptions
{
    /// <summary>Functions without a counterpart here.</summary>
    public static readonly IReadOnlyDictionary<string, string> NotOffered = new Dictionary<string, string>
    {
    };

    /// <summary>Records of offered functions that we leave out on purpose.</summary>
    private static readonly (string Function, Func<GoldenRecord, bool> Applies, string Reason)[] Deliberate =
    [
    ];

    /// <summary>Why a record is not compared; null when it is.</summary>
    public static string? Reason(GoldenRecord record) =>
        NotOffered.GetValueOrDefault(record.Function) ?? Deliberate.FirstOrDefault(d => d.Function == record.Function && d.Applies(record)).Reason;
}
