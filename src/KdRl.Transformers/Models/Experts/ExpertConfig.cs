namespace KdRl.Transformers;

/// <summary>
/// Mixture of grouped experts in place of each feed-forward block (Pangu Pro MoE, arXiv 2505.21411). The experts lie in equal groups,
/// and every token goes to the same number of experts in each group, so that groups on different devices always have the same load.
/// With one group it is a plain top-k mixture.
/// </summary>
public sealed record ExpertConfig
{
    /// <summary>More experts than any model has; a damaged file cannot ask for more.</summary>
    private const int Most = 1 << 16;

    /// <summary>Number of experts, N; positive. The width of each is <see cref="TransformerConfig.IntermediateSize"/>. <c>num_experts</c>.</summary>
    public required int Count { get; init; }

    /// <summary>Experts that each token goes to, K; 1 to N. <c>num_experts_per_tok</c>.</summary>
    public required int PerToken { get; init; }

    /// <summary>
    /// Number of groups, M, a divisor of N and K; a token goes to K/M experts in each. 1: plain top-k. Left out (null): K, one expert in
    /// each group, as the published model has it. <c>num_expert_groups</c>.
    /// </summary>
    public int? Groups { get; init; }

    /// <summary>
    /// Width of the expert that every token passes beside the chosen ones; S shared experts of width I are one of width S·I. 0: there is
    /// none. <c>shared_expert_intermediate_size</c>.
    /// </summary>
    /// <value>The default value is 0.</value>
    public int SharedIntermediateSize { get; init; }

    /// <summary>
    /// Whether the scores of a token's experts are divided by their sum, as other mixtures do; Pangu's are not. <c>norm_topk_prob</c>.
    /// </summary>
    /// <value>The default value is false.</value>
    public bool NormalizesGates { get; init; }

    /// <summary>
    /// α of the balance loss (<see cref="MoeBalance.LoadLoss"/>) that each layer adds when the model is trained; not negative, 0 for
    /// none. The paper does not say its own. <c>router_aux_loss_coef</c>.
    /// </summary>
    /// <value>The default value is 1e-3.</value>
    public double BalanceCoefficient { get; init; } = 1e-3;

    internal int GroupCount => Groups ?? PerToken;

    /// <summary>The first contradiction, as a sentence; null when there is none.</summary>
    internal string? Problem()
    {
        if (Count is <= 0 or > Most) return $"num_experts is {Count}; expected a positive number up to {Most}.";
        if (PerToken <= 0 || PerToken > Count) return $"num_experts_per_tok is {PerToken}; expected 1 to num_experts = {Count}.";
        if (GroupCount <= 0 || Count % GroupCount != 0 || PerToken % GroupCount != 0)
            return $"num_expert_groups is {GroupCount}; expected a divisor of num_experts = {Count} and num_experts_per_tok = {PerToken}.";
        if (SharedIntermediateSize < 0 || SharedIntermediateSize > TransformerConfig.LargestSide) return $"shared_expert_intermediate_size is {SharedIntermediateSize}; expected 0 to {TransformerConfig.LargestSide}.";
        return BalanceCoefficient >= 0 && double.IsFinite(BalanceCoefficient) ? null : $"router_aux_loss_coef is {BalanceCoefficient}; expected a finite number, not negative.";
    }
}
