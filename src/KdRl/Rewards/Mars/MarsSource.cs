namespace KdRl.Rewards;

/// <summary>A primary reward with what routing needs to know of it.</summary>
/// <param name="Name">Its name, under which its parts are logged.</param>
/// <param name="Reward">What scores; preferences are normalised.</param>
/// <param name="Weight">What its score is multiplied by.</param>
/// <param name="Lowest">The lowest score it gives.</param>
/// <param name="Highest">The highest.</param>
/// <param name="Penalty">r_fmt, the score of a broken form.</param>
internal sealed record MarsSource(string Name, IReward Reward, double Weight, double Lowest, double Highest, double Penalty);
