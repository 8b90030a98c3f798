namespace KdRl.Examples.Quickstart;

/// <summary>What one run shall do.</summary>
internal sealed record QuickstartOptions
{
    public const int DefaultSteps = 120;

    /// <summary>One of <see cref="Methods.Names"/>.</summary>
    public required string Method { get; init; }

    /// <summary>One of <see cref="Teachers.Names"/>.</summary>
    public required string Teacher { get; init; }

    public required int Steps { get; init; }

    public required long Seed { get; init; }

    public required string Output { get; init; }

    /// <summary>Threads of the tensor library.</summary>
    public required int Threads { get; init; }

    /// <summary>A folder of ready models; null: they are taught first.</summary>
    public string? Prepared { get; init; }
}
