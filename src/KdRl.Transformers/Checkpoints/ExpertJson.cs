using System.Text.Json.Nodes;

namespace KdRl.Transformers.Checkpoints;

/// <summary>
/// Reads and writes the mixture of experts of <c>config.json</c>, in the fields of Pangu Pro MoE's published files and
/// <c>num_expert_groups</c>, which those lack because their groups are as many as the experts of a token.
/// </summary>
internal static class ExpertJson
{
    /// <summary>Width of each expert.</summary>
    public const string Width = "moe_intermediate_size";

    /// <summary>Null when the model has no experts.</summary>
    /// <exception cref="InvalidDataException">A value is missing or not supported.</exception>
    public static ExpertConfig? Read(JsonFields json)
    {
        if ((json.Int("num_experts") ?? 0) == 0) return null;
        json.Expect("scoring_func", "softmax", isOptional: true);
        if (json.Number("routed_scaling_factor") is { } factor and not 1) throw json.Bad("routed_scaling_factor", $"1, found {factor} (it is not supported and would change the results)");
        if (json.List("mlp_only_layers").Count > 0) throw json.Bad("mlp_only_layers", "an empty list (layers without experts among others are not supported)");
        return new ExpertConfig
        {
            Count = json.Required("num_experts"),
            PerToken = json.Required("num_experts_per_tok"),
            Groups = json.Int("num_expert_groups"),
            SharedIntermediateSize = json.Int("shared_expert_intermediate_size") ?? 0,
            NormalizesGates = json.Flag("norm_topk_prob"),
            BalanceCoefficient = json.Number("router_aux_loss_coef") ?? 1e-3,
        };
    }

    public static void Write(JsonObject json, ExpertConfig? experts)
    {
        json["num_experts"] = experts?.Count ?? 0;
        if (experts is null) return;
        json["num_experts_per_tok"] = experts.PerToken;
        json["num_expert_groups"] = experts.GroupCount;
        json["shared_expert_intermediate_size"] = experts.SharedIntermediateSize;
        json["norm_topk_prob"] = experts.NormalizesGates;
        json["router_aux_loss_coef"] = experts.BalanceCoefficient;
    }
}
