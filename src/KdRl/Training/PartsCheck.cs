using KdRl.Rewards;
using KdRl.Rollouts;
using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Training;

/// <summary>Checks what a trainer is given.</summary>
internal static class PartsCheck
{
    /// <summary>The policy as a module.</summary>
    /// <exception cref="ArgumentException">A part does not fit.</exception>
    public static nn.Module Module(KdrlTrainerParts parts)
    {
        var module = Module(parts.Policy, nameof(parts));
        ArgumentNullException.ThrowIfNull(parts.Engine);
        ArgumentNullException.ThrowIfNull(parts.Thread);
        ArgumentNullException.ThrowIfNull(parts.Prompts);
        if (parts.Prompts.Count == 0) throw new ArgumentException("There are no prompts; expected at least one.", nameof(parts));
        if (parts.Prompts.Concat(parts.HeldOut ?? []).GroupBy(p => p.Id).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"Prompt id '{twice.Key}' occurs {twice.Count()} times; expected unique ids, held-out prompts included.", nameof(parts));
        if (parts.HeldOut is not null && parts.Reward is null && parts.EvaluationReward is null)
            throw new ArgumentException("There are held-out prompts but neither a Reward nor an EvaluationReward to judge the answers.", nameof(parts));
        if (parts.Reward is null && parts.Teacher is null)
            throw new ArgumentException("There is neither a Reward nor a Teacher; expected at least one to learn from.", nameof(parts));
        if (parts.Helpers.Append(parts.Thread).Distinct().Count() <= parts.Helpers.Count)
            throw new ArgumentException("A thread occurs twice among Thread and Helpers; expected different ones, or one would wait for itself.", nameof(parts));
        CheckRoutes(parts.Reward, parts.Prompts);
        CheckRoutes(parts.EvaluationReward ?? parts.Reward, parts.HeldOut ?? []);
        return module;
    }

    /// <summary>Every prompt must have a primary reward: better found out now than when its turn comes.</summary>
    private static void CheckRoutes(IReward? reward, IReadOnlyList<Prompt> prompts)
    {
        foreach (var mars in reward?.SelfAndInner().OfType<MarsReward>() ?? []) mars.CheckRoutes(prompts);
    }

    /// <summary>A model as a module with something to train.</summary>
    /// <exception cref="ArgumentException">It is not a module, or nothing of it requires a gradient.</exception>
    public static nn.Module Module(ICausalModel model, string argument)
    {
        if (model is not nn.Module module)
            throw new ArgumentException($"The model is a {model?.GetType().Name ?? "null"}; to be trained it must also be a torch.nn.Module, whose parameters are optimised.", argument);
        return module.parameters().Any(p => p.requires_grad)
            ? module
            : throw new ArgumentException("No parameter of the model requires a gradient; expected at least one.", argument);
    }

    /// <summary>Every part whose state belongs into a checkpoint.</summary>
    public static IReadOnlyList<ICheckpointed> Checkpointed(KdrlTrainerParts parts) =>
        [.. new object?[] { parts.Teacher, parts.Reference, parts.Base, parts.Engine }
            .Concat(parts.Reward?.SelfAndInner() ?? []).Concat(parts.EvaluationReward?.SelfAndInner() ?? [])
            .OfType<ICheckpointed>().Concat(parts.State).Distinct()];
}
