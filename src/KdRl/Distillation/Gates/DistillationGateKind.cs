namespace KdRl.Distillation;

/// <summary>The gates that configuration can name.</summary>
public enum DistillationGateKind
{
    /// <summary><see cref="NoGate"/>: every response is distilled.</summary>
    None,

    /// <summary><see cref="WrongResponsesGate"/>: KDRL's response-level masking.</summary>
    WrongResponses,

    /// <summary><see cref="UnsolvedGroupsGate"/>: KDRL's group-level masking.</summary>
    UnsolvedGroups,

    /// <summary><see cref="CorrectResponsesGate"/>: only right responses.</summary>
    CorrectResponses,

    /// <summary><see cref="PassRateGate"/>: 4p(1 − p), p the pass rate of the group.</summary>
    PassRate,

    /// <summary><see cref="TrajectoryAgreementGate"/>: where the teacher pulls in the direction of the reward.</summary>
    TrajectoryAgreement,
}
