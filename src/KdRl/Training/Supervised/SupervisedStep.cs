namespace KdRl.Training;

/// <summary>What one supervised step did.</summary>
/// <param name="Step">Steps completed: 1 after the first.</param>
/// <param name="Loss">Mean cross-entropy a completion token in nats, before the update.</param>
/// <param name="GradNorm">Norm of the gradient before clipping.</param>
/// <param name="LearningRate">The learning rate.</param>
/// <param name="Tokens">Completion tokens of the batch.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="IsSkipped">The loss or the gradient was not finite: the weights are as they were.</param>
public sealed record SupervisedStep(long Step, double Loss, double GradNorm, double LearningRate, int Tokens, double Seconds, bool IsSkipped);
