using System.Diagnostics;

namespace KdRl.Benchmarks;

/// <summary>Measures two pieces of work in turn, ours, baseline, ours, …, so that what else the machine does meets both.</summary>
internal static class InTurn
{
    /// <summary>Medians in milliseconds a call, after a few calls of each to warm up.</summary>
    /// <param name="name">Name of the measurement.</param>
    /// <param name="ours">Our work.</param>
    /// <param name="baselineName">Name of the baseline.</param>
    /// <param name="baseline">Its work.</param>
    /// <param name="seconds">How long to go on.</param>
    /// <param name="warmup">Calls of each before.</param>
    /// <param name="least">Least number of turns.</param>
    public static Measurement Milliseconds(string name, Action ours, string baselineName, Action baseline, double seconds = 6, int warmup = 3, int least = 5)
    {
        for (var i = 0; i < warmup; i++)
        {
            ours();
            baseline();
        }
        // A turn of each lasts some 10 ms, so that the clock and the change of caches do not count. What lasts longer takes one call to know.
        var repeat = warmup < 3 ? 1 : Math.Clamp((int)(20 / (Time(ours, 1) + Time(baseline, 1))), 1, 1000);
        List<double> own = [], other = [];
        var end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        while (own.Count < least || Stopwatch.GetTimestamp() < end)
        {
            own.Add(Time(ours, repeat));
            other.Add(Time(baseline, repeat));
        }
        return new Measurement(name, "ms", Median(own), baselineName, Median(other));
    }

    /// <summary>Medians in milliseconds of long pieces of work, each called once a turn, after one call of each to warm up.</summary>
    /// <param name="turns">How often.</param>
    /// <param name="work">The pieces.</param>
    public static double[] Milliseconds(int turns, params Action[] work)
    {
        foreach (var piece in work) piece();
        var times = work.Select(_ => new double[turns]).ToArray();
        for (var turn = 0; turn < turns; turn++)
            for (var i = 0; i < work.Length; i++) times[i][turn] = Time(work[i], 1);
        return [.. times.Select(Median)];
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static double Time(Action work, int repeat)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < repeat; i++) work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / repeat;
    }
}
