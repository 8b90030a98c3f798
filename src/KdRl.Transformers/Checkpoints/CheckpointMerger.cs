using KdRl.Transformers.Checkpoints;

namespace KdRl.Transformers;

/// <summary>
/// Combines Hugging Face checkpoints of one architecture into a new one, tensor by tensor. Sources are read through memory maps in
/// small blocks and the result is written as it is made, so that memory does not grow with the size of the models. Numbers are
/// combined in 64 bits and rounded once, to the type of the first source.
/// </summary>
/// <remarks>
/// Configuration, generation settings and tokenizer are copied from the first source, and so are tensors of whole numbers.
/// Every method refuses, naming path and tensor, sources with missing, extra or differently shaped tensors and numbers that are
/// not finite; sources are never changed.
/// </remarks>
public static class CheckpointMerger
{
    /// <summary>
    /// Weighted delta merge, Θ = Θ_base + Σ_k λ_k·(1/N_k)·Σ_i (Θ_k^i − Θ_base) (Pangu Pro MoE, eq. 9). With the result of the last
    /// iteration as the base and one group it is the merge between iterations of Pangu Embedded, Θ*_t = Θ*_{t−1} + λ·mean(Θ_t^i − Θ*_{t−1}).
    /// </summary>
    /// <param name="baseDirectory">Θ_base.</param>
    /// <param name="groups">The groups of checkpoints; at least one.</param>
    /// <param name="outputDirectory">Where the result goes; created when absent, not one of the sources.</param>
    /// <param name="maxShardBytes">The most bytes of tensors in one file. Left out: one file.</param>
    /// <exception cref="ArgumentException">There is no group, a group is empty, a weight is not finite, or the output is a source.</exception>
    /// <exception cref="InvalidDataException">A source is damaged, differs from the base, or holds or makes numbers that are not finite.</exception>
    public static void Merge(string baseDirectory, IReadOnlyList<MergeGroup> groups, string outputDirectory, long maxShardBytes = long.MaxValue)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(baseDirectory);
        ArgumentNullException.ThrowIfNull(groups);
        if (groups.Count == 0) throw new ArgumentException("There is no group; expected at least one.", nameof(groups));
        var (sources, coefficients, kept) = (new List<string> { baseDirectory }, new List<double> { 0 }, 1.0);
        foreach (var (group, k) in groups.Select((group, k) => (group, k)))
        {
            if (group.Checkpoints.Count == 0) throw new ArgumentException($"Group {k} has no checkpoint; expected at least one.", nameof(groups));
            var weight = group.Weight ?? 1.0 / groups.Count;
            if (!double.IsFinite(weight)) throw new ArgumentException($"The weight of group {k} is {weight}; expected a finite number.", nameof(groups));
            kept -= weight;
            sources.AddRange(group.Checkpoints);
            coefficients.AddRange(Enumerable.Repeat(weight / group.Checkpoints.Count, group.Checkpoints.Count));
        }
        // The same sum with the base gathered, so that λ = 1 gives the checkpoints' mean exactly and λ = 0 the base.
        coefficients[0] = kept;
        double[] fixedCoefficients = [.. coefficients];
        MergeRun.Write(sources, outputDirectory, maxShardBytes, (_, _) => fixedCoefficients);
    }

    /// <summary>Weighted mean, Θ = Σ_i w_i·Θ_i.</summary>
    /// <param name="checkpoints">The directories and their weights; at least one. The weights are finite and sum to 1 (within 1e-6).</param>
    /// <param name="outputDirectory">Where the result goes; created when absent, not one of the sources.</param>
    /// <param name="maxShardBytes">The most bytes of tensors in one file. Left out: one file.</param>
    /// <exception cref="ArgumentException">There is no checkpoint, the weights do not sum to 1, or the output is a source.</exception>
    /// <exception cref="InvalidDataException">A source is damaged, differs from the first, or holds or makes numbers that are not finite.</exception>
    public static void Linear(IReadOnlyList<(string Directory, double Weight)> checkpoints, string outputDirectory, long maxShardBytes = long.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(checkpoints);
        if (checkpoints.Count == 0) throw new ArgumentException("There is no checkpoint; expected at least one.", nameof(checkpoints));
        double[] weights = [.. checkpoints.Select(checkpoint => checkpoint.Weight)];
        if (!(Math.Abs(weights.Sum() - 1) <= 1e-6)) throw new ArgumentException($"The weights sum to {weights.Sum()}; expected 1.", nameof(checkpoints));
        MergeRun.Write([.. checkpoints.Select(checkpoint => checkpoint.Directory)], outputDirectory, maxShardBytes, (_, _) => weights);
    }

    /// <summary>
    /// Spherical interpolation of each tensor as one vector: with the angle ω between a and b, sin((1−t)·ω)/sin ω·a + sin(t·ω)/sin ω·b
    /// (Shoemake 1985). Where one is zero or both lie on one line (sin ω below 1e-4), so that no arc is defined, it is (1−t)·a + t·b.
    /// </summary>
    /// <param name="first">a; the result at t = 0.</param>
    /// <param name="second">b; the result at t = 1.</param>
    /// <param name="t">Place between them, from 0 to 1.</param>
    /// <param name="outputDirectory">Where the result goes; created when absent, not one of the sources.</param>
    /// <param name="maxShardBytes">The most bytes of tensors in one file. Left out: one file.</param>
    /// <exception cref="ArgumentException">The output is a source.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="t"/> is not from 0 to 1.</exception>
    /// <exception cref="InvalidDataException">A source is damaged, differs from the first, or holds or makes numbers that are not finite.</exception>
    public static void Slerp(string first, string second, double t, string outputDirectory, long maxShardBytes = long.MaxValue)
    {
        if (!(t is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(t), t, "Expected a number from 0 to 1.");
        MergeRun.Write([first, second], outputDirectory, maxShardBytes, (run, tensor) => Arc(run.Products(tensor), t));
    }

    private static double[] Arc((double Aa, double Ab, double Bb) products, double t)
    {
        var size = Math.Sqrt(products.Aa) * Math.Sqrt(products.Bb);
        var cosine = size > 0 ? Math.Clamp(products.Ab / size, -1, 1) : 1;
        var sine = Math.Sqrt((1 - cosine) * (1 + cosine));
        if (sine < 1e-4) return [1 - t, t];
        var angle = Math.Atan2(sine, cosine);
        return [Math.Sin((1 - t) * angle) / sine, Math.Sin(t * angle) / sine];
    }
}
