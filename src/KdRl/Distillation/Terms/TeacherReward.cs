using KdRl.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Distillation;

/// <summary>
/// The teacher as a per-token reward: d = teacher − student, detached, and what follow-up work does to it. All tensors are
/// <c>float [B,L]</c> in nats; results never carry a gradient.
/// </summary>
public static class TeacherReward
{
    /// <summary>d = target − student, 0 outside the mask.</summary>
    /// <param name="logProbs">Log-probs of the sampled tokens under the student.</param>
    /// <param name="targetLogProbs">The same under the teacher, or an extrapolated target.</param>
    /// <param name="mask">Tokens that count, <c>bool [B,L]</c>; what lies outside never matters.</param>
    /// <exception cref="ArgumentException">Shapes or types do not fit.</exception>
    /// <remarks>KDRL, arXiv 2506.02208, Eq. 5.</remarks>
    public static Tensor Difference(Tensor logProbs, Tensor targetLogProbs, Tensor mask)
    {
        CheckPair(logProbs, nameof(logProbs), targetLogProbs, nameof(targetLogProbs));
        CheckMask(mask, logProbs, nameof(logProbs));
        using var scope = NewDisposeScope();
        using var constant = no_grad();
        var outside = mask.logical_not();
        return targetLogProbs.masked_fill(outside, Scalars.Zero).sub(logProbs.masked_fill(outside, Scalars.Zero)).MoveToOuterDisposeScope();
    }

    /// <summary>Target log-probs of reward extrapolation: base + λ (teacher − base). The advantage is then d + (λ − 1)(teacher − base).</summary>
    /// <param name="teacherLogProbs">Log-probs under the teacher.</param>
    /// <param name="baseLogProbs">Log-probs under the base model: the student's start, or the teacher before its own reinforcement learning.</param>
    /// <param name="lambda">λ; finite and positive. 1 gives the teacher, 1.25 is the paper's choice.</param>
    /// <exception cref="ArgumentException">Shapes or types differ, or λ is not finite and positive.</exception>
    /// <remarks>G-OPD, arXiv 2602.12125: A = λ (T − base) − (lp − base). Fill masked positions first.</remarks>
    public static Tensor Extrapolate(Tensor teacherLogProbs, Tensor baseLogProbs, double lambda)
    {
        CheckPair(teacherLogProbs, nameof(teacherLogProbs), baseLogProbs, nameof(baseLogProbs));
        if (!double.IsFinite(lambda) || lambda <= 0)
            throw new ArgumentOutOfRangeException(nameof(lambda), lambda, $"'lambda' must be finite and positive; found {lambda}.");
        using var scope = NewDisposeScope();
        using var constant = no_grad();
        using var weight = lambda.ToScalar();
        return baseLogProbs.add(teacherLogProbs.sub(baseLogProbs), weight).MoveToOuterDisposeScope();
    }

    /// <summary>d cut to [−bound, bound].</summary>
    /// <param name="difference">d.</param>
    /// <param name="bound">Largest |d| in nats; finite and positive.</param>
    /// <exception cref="ArgumentException">The tensor is not floating point, or the bound is not finite and positive.</exception>
    /// <remarks>Kimi K3's clip(sg d, −R, R).</remarks>
    public static Tensor Clip(Tensor difference, double bound)
    {
        TensorChecks.Floating(difference, nameof(difference));
        if (!double.IsFinite(bound) || bound <= 0)
            throw new ArgumentOutOfRangeException(nameof(bound), bound, $"'bound' must be finite and positive; found {bound}.");
        using var constant = no_grad();
        using var low = (-bound).ToScalar();
        using var high = bound.ToScalar();
        return difference.clamp(low, high);
    }

    /// <summary>max(d, floor): bounds how hard the teacher pushes down a token that it would not write.</summary>
    /// <param name="difference">d.</param>
    /// <param name="floor">Smallest d in nats; finite. REOPOLD's is <see cref="ReopoldFloor"/>.</param>
    /// <exception cref="ArgumentException">The tensor is not floating point, or the floor is not finite.</exception>
    public static Tensor Floor(Tensor difference, double floor)
    {
        TensorChecks.Floating(difference, nameof(difference));
        if (!double.IsFinite(floor)) throw new ArgumentOutOfRangeException(nameof(floor), floor, $"'floor' must be finite; found {floor}.");
        using var constant = no_grad();
        using var low = floor.ToScalar();
        return difference.clamp_min(low);
    }

    /// <summary>REOPOLD's floor of d: log(λ/(1 − λ)).</summary>
    /// <param name="lambda">λ, between 0 and 1, both excluded; at 0.25 the floor is −1.0986.</param>
    /// <exception cref="ArgumentOutOfRangeException">λ lies outside (0, 1).</exception>
    /// <remarks>arXiv 2603.11137.</remarks>
    public static double ReopoldFloor(double lambda) => lambda is > 0 and < 1
        ? Math.Log(lambda / (1 - lambda))
        : throw new ArgumentOutOfRangeException(nameof(lambda), lambda, $"'lambda' must lie in (0, 1); found {lambda}.");

    /// <summary>d + KL(student‖teacher): d without its mean at the state, so that its expectation over the student's tokens is 0.</summary>
    /// <param name="difference">d.</param>
    /// <param name="exactReverseKl">The exact divergence at each position (<see cref="ReverseKl.Exact"/>), same shape and type.</param>
    /// <exception cref="ArgumentException">Shapes or types differ.</exception>
    /// <remarks>vOPD, arXiv 2605.07865: same expected gradient, less variance.</remarks>
    public static Tensor SubtractStateMean(Tensor difference, Tensor exactReverseKl)
    {
        CheckPair(difference, nameof(difference), exactReverseKl, nameof(exactReverseKl));
        using var constant = no_grad();
        return difference.add(exactReverseKl, Scalars.One);
    }

    /// <summary>d − mean(d), the mean taken over all counted tokens: a penalty that moves probability between tokens but not as a whole.</summary>
    /// <param name="difference">d, <c>float [B,L]</c>; what lies outside the mask never matters. With a base model in the teacher's place this is tinker's KL to the base.</param>
    /// <param name="mask">Tokens that count, <c>bool [B,L]</c>, of the whole optimiser step.</param>
    /// <returns><c>float [B,L]</c>, 0 outside the mask; all 0 when nothing counts.</returns>
    /// <exception cref="ArgumentException">Shapes or types do not fit.</exception>
    public static Tensor Centre(Tensor difference, Tensor mask)
    {
        TensorChecks.Floating(difference, nameof(difference));
        CheckMask(mask, difference, nameof(difference));
        using var scope = NewDisposeScope();
        using var constant = no_grad();
        var outside = mask.logical_not();
        var own = difference.masked_fill(outside, Scalars.Zero);
        var mean = own.sum().div(mask.sum().clamp_min(Scalars.One).to(own.dtype));
        return own.sub(mean).masked_fill(outside, Scalars.Zero).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Discounted sum of a token's own and later differences, R_t = d_t + γ R_{t+1}, over the counted tokens of a row: tokens
    /// outside the mask pass R through without a discount and get 0 themselves.
    /// </summary>
    /// <param name="difference">d, <c>float [B,L]</c>; what lies outside the mask never matters.</param>
    /// <param name="mask">Tokens that count, <c>bool [B,L]</c>.</param>
    /// <param name="discount">γ in [0, 1]; 0 gives d itself.</param>
    /// <exception cref="ArgumentException">Shapes or types do not fit, or γ lies outside [0, 1].</exception>
    public static Tensor DiscountedFutureSum(Tensor difference, Tensor mask, double discount)
    {
        TensorChecks.Floating(difference, nameof(difference));
        TensorChecks.Dimensions(difference, nameof(difference), 2, "[B,L]");
        CheckMask(mask, difference, nameof(difference));
        if (!(discount is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(discount), discount, $"'discount' must lie in [0, 1]; found {discount}.");
        using var scope = NewDisposeScope();
        using var constant = no_grad();
        using var gamma = discount.ToScalar();
        var outside = mask.logical_not();
        var own = difference.masked_fill(outside, Scalars.Zero);
        if (discount == 0) return own.MoveToOuterDisposeScope();
        var columns = new Tensor[difference.shape[1]];
        var later = zeros_like(own.select(1, 0));
        for (var t = columns.Length - 1; t >= 0; t--)
        {
            later = where(mask.select(1, t), own.select(1, t).add(later, gamma), later);
            columns[t] = later;
        }
        return stack(columns, 1).masked_fill(outside, Scalars.Zero).MoveToOuterDisposeScope();
    }

    private static void CheckPair(Tensor first, string firstName, Tensor second, string secondName)
    {
        TensorChecks.Floating(first, firstName);
        TensorChecks.Floating(second, secondName);
        TensorChecks.SameShape(second, secondName, first, firstName);
        TensorChecks.SameType(second, secondName, first, firstName);
    }

    private static void CheckMask(Tensor mask, Tensor values, string name)
    {
        TensorChecks.Bool(mask, nameof(mask));
        TensorChecks.SameShape(mask, nameof(mask), values, name);
    }
}
