namespace KdRl.Rewards;

/// <summary>Marks a reward in which requests wait for their turn: a time limit around it would count waiting as work.</summary>
internal interface IQueuedReward : IReward;
