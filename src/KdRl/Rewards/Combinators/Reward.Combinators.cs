namespace KdRl.Rewards;

public static partial class Reward
{
    /// <summary>Σ wᵢ·rᵢ over the members that apply.</summary>
    /// <remarks>
    /// A member that times out or fails leaves the sum without a score, and so does the prompt to which no member applies. The verdict is that of the first
    /// member that has one. Every member's score is a part under its name, its own parts under <c>name/part</c>.
    /// </remarks>
    /// <param name="name">Names the sum in logs and metrics.</param>
    /// <param name="members">The members, of different names, with finite weights. They are scored at the same time.</param>
    /// <exception cref="ArgumentException">There is no member, two have the same name, or a weight is not finite.</exception>
    public static IReward WeightedSum(string name, params IReadOnlyList<(IReward Reward, double Weight)> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        foreach (var (member, weight) in members)
            if (!double.IsFinite(weight)) throw new ArgumentException($"The weight of {member.Name} is {weight}; expected a finite number.", nameof(members));
        double[] weights = [.. members.Select(m => m.Weight)];
        return new CombinedReward(name, [.. members.Select(m => m.Reward)], values => values.Select((v, i) => v * weights[i]).Sum() ?? 0);
    }

    /// <summary>Π rᵢ over the members that apply; otherwise as <see cref="WeightedSum"/>.</summary>
    /// <param name="name">Names the product in logs and metrics.</param>
    /// <param name="members">The members, of different names. They are scored at the same time.</param>
    /// <exception cref="ArgumentException">There is no member, or two have the same name.</exception>
    public static IReward Product(string name, params IReadOnlyList<IReward> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        return new CombinedReward(name, members, values => values.Aggregate(1.0, (product, v) => product * (v ?? 1)));
    }

    /// <summary>What <paramref name="inner"/> says, if the gate is open; otherwise a fixed score.</summary>
    /// <remarks>
    /// The gate is open when its score is at least <paramref name="threshold"/>, and where it does not apply; without a score for another reason there is none
    /// here either. Behind a closed gate nothing is asked, and the verdict is the gate's.
    /// </remarks>
    /// <param name="name">Names the whole in logs and metrics.</param>
    /// <param name="gate">Decides.</param>
    /// <param name="inner">Scores what passes.</param>
    /// <param name="closed">The score of what does not pass; finite.</param>
    /// <param name="threshold">The least score that passes.</param>
    /// <exception cref="ArgumentException">The two have the same name, or a number is not finite.</exception>
    public static IReward Gate(string name, IReward gate, IReward inner, double closed = 0, double threshold = 1)
    {
        if (!double.IsFinite(closed)) throw new ArgumentException($"The score behind a closed gate is {closed}; expected a finite number.", nameof(closed));
        if (!double.IsFinite(threshold)) throw new ArgumentException($"The threshold is {threshold}; expected a finite number.", nameof(threshold));
        Members.Check(name, [gate, inner]);
        return new GatedReward(name, gate, inner, closed, threshold);
    }

    /// <summary>What the first member says that applies. A member that times out or fails is not passed over: another one would judge by another scale.</summary>
    /// <param name="name">Names the whole in logs and metrics.</param>
    /// <param name="members">The members, of different names, in the order in which they are asked.</param>
    /// <exception cref="ArgumentException">There is no member, or two have the same name.</exception>
    public static IReward FirstApplicable(string name, params IReadOnlyList<IReward> members)
    {
        Members.Check(name, members);
        return new FirstApplicableReward(name, [.. members]);
    }
}
