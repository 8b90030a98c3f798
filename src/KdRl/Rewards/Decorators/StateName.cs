namespace KdRl.Rewards;

/// <summary>Names of files in a checkpoint.</summary>
internal static class StateName
{
    /// <summary>A reward's name with everything that such a name may not hold as <c>_</c>.</summary>
    public static string Of(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_'));
}
