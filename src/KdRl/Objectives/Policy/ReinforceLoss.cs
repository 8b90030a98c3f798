namespace KdRl.Objectives;

/// <summary>−A lp.</summary>
internal static class ReinforceLoss
{
    public static PolicyLossResult PerToken(in PolicyLossInput x) => new(x.Advantages.neg().mul(x.LogProbs));
}
