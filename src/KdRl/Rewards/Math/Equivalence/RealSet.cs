namespace KdRl.Rewards;

/// <summary>A union of intervals and points of the real line, in order, with nothing left to merge: equal sets have equal parts.</summary>
internal sealed class RealSet
{
    public static readonly RealSet Empty = new([]);
    public static readonly RealSet All = new([new Interval(RealEndpoint.MinusInfinity, RealEndpoint.PlusInfinity, false, false)]);

    private readonly Interval[] _parts;

    private RealSet(Interval[] parts) => _parts = parts;

    public bool IsEmpty => _parts.Length == 0;

    /// <summary>An interval; empty when its ends say so.</summary>
    public static RealSet Between(RealEndpoint low, RealEndpoint high, bool includesLow, bool includesHigh)
    {
        var order = low.CompareTo(high);
        includesLow &= !low.IsInfinite;
        includesHigh &= !high.IsInfinite;
        return order > 0 || (order == 0 && !(includesLow && includesHigh)) ? Empty : new RealSet([new Interval(low, high, includesLow, includesHigh)]);
    }

    public static RealSet Union(RealSet a, RealSet b)
    {
        List<Interval> merged = [];
        foreach (var part in a._parts.Concat(b._parts).OrderBy(p => p, Comparer<Interval>.Create((p, q) => p.CompareLow(q))))
        {
            if (merged is [.., var last] && last.Touches(part)) merged[^1] = last.Merge(part);
            else merged.Add(part);
        }
        return new RealSet([.. merged]);
    }

    public static RealSet Intersection(RealSet a, RealSet b)
    {
        var result = Empty;
        foreach (var p in a._parts)
            foreach (var q in b._parts) result = Union(result, p.Intersect(q));
        return result;
    }

    public RealSet Complement()
    {
        var result = All;
        foreach (var part in _parts)
        {
            var below = Between(RealEndpoint.MinusInfinity, part.Low, false, !part.IncludesLow);
            var above = Between(part.High, RealEndpoint.PlusInfinity, !part.IncludesHigh, false);
            result = Intersection(result, Union(below, above));
        }
        return result;
    }

    public bool IsSame(RealSet other) => _parts.Length == other._parts.Length && !_parts.Where((p, i) => !p.IsSame(other._parts[i])).Any();

    /// <summary>One connected part.</summary>
    private readonly record struct Interval(RealEndpoint Low, RealEndpoint High, bool IncludesLow, bool IncludesHigh)
    {
        public int CompareLow(Interval other) => Low.CompareTo(other.Low) is var order and not 0 ? order : other.IncludesLow.CompareTo(IncludesLow);

        /// <summary>Whether a part that starts no earlier leaves no gap.</summary>
        public bool Touches(Interval later) => High.CompareTo(later.Low) is var order && (order > 0 || (order == 0 && (IncludesHigh || later.IncludesLow)));

        public Interval Merge(Interval later) => High.CompareTo(later.High) switch
        {
            > 0 => this,
            0 => this with { IncludesHigh = IncludesHigh || later.IncludesHigh },
            _ => this with { High = later.High, IncludesHigh = later.IncludesHigh },
        };

        public RealSet Intersect(Interval other)
        {
            var (low, includesLow) = Low.CompareTo(other.Low) switch { > 0 => (Low, IncludesLow), < 0 => (other.Low, other.IncludesLow), _ => (Low, IncludesLow && other.IncludesLow) };
            var (high, includesHigh) = High.CompareTo(other.High) switch { < 0 => (High, IncludesHigh), > 0 => (other.High, other.IncludesHigh), _ => (High, IncludesHigh && other.IncludesHigh) };
            return Between(low, high, includesLow, includesHigh);
        }

        public bool IsSame(Interval other) => Low.CompareTo(other.Low) == 0 && High.CompareTo(other.High) == 0 && IncludesLow == other.IncludesLow && IncludesHigh == other.IncludesHigh;
    }
}
