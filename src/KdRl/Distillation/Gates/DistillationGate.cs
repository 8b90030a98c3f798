using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Distillation;

/// <summary>Makes gates by name and says what they share.</summary>
/// <remarks>
/// Gates read the verifier's verdict, never the shaped reward. Every gate but <see cref="NoGate"/> gives weight 0 to a response
/// whose verdict is unknown; <see cref="CountUnknown"/> says how many those are.
/// </remarks>
public static class DistillationGate
{
    /// <summary>Makes a gate.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="agreementMargin">Nats by which teacher and student must differ; read by <see cref="TrajectoryAgreementGate"/> alone.</param>
    /// <exception cref="ArgumentOutOfRangeException">The kind is unknown, or the margin is negative, NaN or infinite.</exception>
    public static IDistillationGate Create(DistillationGateKind kind, double agreementMargin = 0) => kind switch
    {
        DistillationGateKind.None => new NoGate(),
        DistillationGateKind.WrongResponses => new WrongResponsesGate(),
        DistillationGateKind.UnsolvedGroups => new UnsolvedGroupsGate(),
        DistillationGateKind.CorrectResponses => new CorrectResponsesGate(),
        DistillationGateKind.PassRate => new PassRateGate(),
        DistillationGateKind.TrajectoryAgreement => new TrajectoryAgreementGate(agreementMargin),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, $"'kind' must be one of {string.Join(", ", Enum.GetNames<DistillationGateKind>())}; found {kind}."),
    };

    /// <summary>How many responses have no verdict.</summary>
    /// <param name="groups">The responses.</param>
    public static long CountUnknown(GroupView groups)
    {
        Check(groups);
        using var scope = NewDisposeScope();
        return groups.Correct.isnan().sum().item<long>();
    }

    /// <summary>Refuses a view whose tensors do not fit each other.</summary>
    internal static void Check(GroupView groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        TensorChecks.Dimensions(groups.Groups, nameof(GroupView.Groups), 1, "[B]");
        if (groups.Groups.dtype != ScalarType.Int64)
            throw new ArgumentException($"'Groups' must be int64; found {groups.Groups.dtype}.", nameof(groups));
        Row(groups.Correct, nameof(GroupView.Correct));
        Row(groups.StudentLogProbs, nameof(GroupView.StudentLogProbs));
        if (groups.TeacherLogProbs is { } teacher) Row(teacher, nameof(GroupView.TeacherLogProbs));
        if (groups.Advantages is { } advantages) Row(advantages, nameof(GroupView.Advantages));

        void Row(Tensor tensor, string name)
        {
            TensorChecks.Floating(tensor, name);
            TensorChecks.SameShape(tensor, name, groups.Groups, nameof(GroupView.Groups));
        }
    }

    /// <summary>Runs a gate's arithmetic in a scope of its own, after the check.</summary>
    internal static Tensor Weigh(GroupView groups, Func<Tensor> weights)
    {
        Check(groups);
        using var scope = NewDisposeScope();
        using var constant = no_grad();
        return weights().to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>1 on right responses, 0 on wrong ones and where the verdict is unknown.</summary>
    internal static Tensor Right(GroupView groups) => groups.Correct.eq(Scalars.One);

    /// <summary>1 on wrong responses, 0 on right ones and where the verdict is unknown.</summary>
    internal static Tensor Wrong(GroupView groups) => groups.Correct.eq(Scalars.Zero);
}
