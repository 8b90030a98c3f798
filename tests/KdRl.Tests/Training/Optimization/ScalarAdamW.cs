using KdRl.Training.Optimization;
using static TorchSharp.torch;

namespace KdRl.Tests.Training.Optimization;

/// <summary>The algorithm as the paper writes it, one number at a time, in double precision.</summary>
internal sealed class ScalarAdamW(AdamWOptions options, IEnumerable<(string Name, Tensor Values)> parameters)
{
    private readonly (string Name, long[] Shape, double[] Values, double[] M, double[] V)[] state =
        [.. parameters.Select(p => (p.Name, p.Values.shape, Numbers(p.Values), new double[p.Values.numel()], new double[p.Values.numel()]))];

    private int step;

    public Tensor Values(string name)
    {
        var (_, shape, values, _, _) = state.Single(s => s.Name == name);
        return tensor(values, shape);
    }

    /// <summary>One step; returns the norm before clipping.</summary>
    public double Step(double rate, IEnumerable<Tensor?> gradients)
    {
        step++;
        double[][] all = [.. gradients.Select(g => Numbers(g!))];
        var norm = Math.Sqrt(all.Sum(g => g.Sum(x => x * x)));
        var clip = options.MaxGradientNorm is { } most && norm > most ? most / norm : 1;
        for (var p = 0; p < state.Length; p++)
        {
            var (name, shape, values, m, v) = state[p];
            var decays = shape.Length > 1 && !options.NoDecay.Any(name.Contains);
            for (var i = 0; i < values.Length; i++)
            {
                var g = all[p][i] * clip;
                if (decays) values[i] -= rate * options.WeightDecay * values[i];
                m[i] = options.Beta1 * m[i] + (1 - options.Beta1) * g;
                v[i] = options.Beta2 * v[i] + (1 - options.Beta2) * g * g;
                var mHat = m[i] / (1 - Math.Pow(options.Beta1, step));
                var vHat = v[i] / (1 - Math.Pow(options.Beta2, step));
                values[i] -= rate * mHat / (Math.Sqrt(vHat) + options.Epsilon);
            }
        }
        return norm;
    }

    private static double[] Numbers(Tensor tensor) => tensor.detach().to(ScalarType.Float64).reshape(-1).data<double>().ToArray();
}
