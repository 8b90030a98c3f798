namespace KdRl.Benchmarks;

/// <summary>Compares this library with a baseline.</summary>
internal interface IBenchmark
{
    string Name { get; }

    string Description { get; }

    IEnumerable<Measurement> Run();
}
