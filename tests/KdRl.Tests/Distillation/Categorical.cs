using static TorchSharp.torch;

namespace KdRl.Tests.Distillation;

/// <summary>One categorical on which expectations over tokens are exact: each token is a row, weighted by its probability.</summary>
internal sealed class Categorical(double[] studentLogits, double[] teacherLogProbs)
{
    /// <summary>Section 1 of the objective mathematics: three tokens.</summary>
    public static readonly Categorical Three = FromLogits([.3, -.7, 1.1], [1, .2, -.5]);

    /// <summary>Section 1.4 of the KDRL mathematics: six tokens.</summary>
    public static readonly Categorical Six = new(
        [.941715, -1.396578, -.679714, .370504, -1.016349, -.072120],
        [.. new[] { .188699, .068708, .042603, .191492, .425901, .082597 }.Select(q => Math.Log(q))]);

    public double[] StudentLogits { get; } = studentLogits;

    public double[] TeacherLogProbs { get; } = teacherLogProbs;

    public static Categorical FromLogits(double[] student, double[] teacher)
    {
        var total = Math.Log(teacher.Sum(Math.Exp));
        return new Categorical(student, [.. teacher.Select(x => x - total)]);
    }

    /// <summary>Log-probs of the tokens, one a row, <c>[V,1]</c>, and the logits they come from.</summary>
    public (Tensor Logits, Tensor LogProbs, Tensor Teacher) Rows()
    {
        var z = tensor(StudentLogits, requires_grad: true);
        return (z, z.log_softmax(0).unsqueeze(1), tensor(TeacherLogProbs).unsqueeze(1));
    }

    /// <summary>Exact expected gradient with respect to the logits of a loss per sampled token.</summary>
    public double[] LossGradient(Func<Tensor, Tensor, Tensor> lossPerToken)
    {
        using var scope = NewDisposeScope();
        var (z, logProbs, teacher) = Rows();
        (logProbs.detach().exp() * lossPerToken(logProbs, teacher)).sum().backward();
        return z.grad is { } grad ? grad.data<double>().ToArray() : new double[StudentLogits.Length];
    }

    /// <summary>Exact expected gradient with respect to the logits of the policy-gradient loss of an advantage per sampled token.</summary>
    public double[] AdvantageGradient(Func<Tensor, Tensor, Tensor> advantage) =>
        LossGradient((logProbs, teacher) => -advantage(logProbs.detach(), teacher) * logProbs);

    /// <summary>Exact expectation of a value per sampled token.</summary>
    public double Expectation(Func<Tensor, Tensor, Tensor> value)
    {
        using var scope = NewDisposeScope();
        var (_, logProbs, teacher) = Rows();
        return (logProbs.exp() * value(logProbs, teacher)).sum().item<double>();
    }
}
