namespace KdRl.Rewards;

/// <summary>Takes the answer out of a reference: bare text, a formula, a box, or a worked solution that ends in one or in <c>####</c>.</summary>
internal static class MathReferences
{
    /// <summary>The answer's text; null when there is none.</summary>
    public static string? Read(string reference, int maxLength)
    {
        var boxes = MathBoxes.Find(reference, 0, maxLength, all: false, out _);
        if (boxes.Count > 0)
        {
            var first = MathBoxes.FirstOfLast(reference, boxes);
            return boxes[^1].End - boxes[first].Start > maxLength ? null : string.Join(", ", boxes.Skip(first).Select(b => b.Of(reference)));
        }
        var mark = reference.LastIndexOf("####", StringComparison.Ordinal);
        if (mark >= 0) reference = reference[(mark + 4)..];
        reference = reference.Trim();
        return reference.AsSpan().Trim('$').Length > 0 && reference.Length <= maxLength ? reference : null;
    }
}
