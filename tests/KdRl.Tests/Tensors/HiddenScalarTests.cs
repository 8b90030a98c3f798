using System.Reflection;
using KdRl.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Tests.Tensors;

/// <summary>
/// The list of banned symbols stops hidden scalars while code is written, but the analyser behind it does not see compound
/// assignments (<c>x += y</c>). This reads the compiled library.
/// </summary>
[Collection("torch")]
public class HiddenScalarTests
{
    private static readonly HashSet<MethodBase> Makers = FindMakers();

    [Fact]
    public void Library_AnyMethod_CallsNothingThatMakesAHiddenScalar()
    {
        var calls = CallGraph.Of(typeof(TorchThread).Assembly);
        var offences = calls.SelectMany(c => c.Value.Where(Makers.Contains).Select(m => $"{c.Key.DeclaringType}.{c.Key.Name} calls {m}"));
        Assert.Equal([], offences);
    }

    [Theory]
    [InlineData(nameof(Sum), true)]
    [InlineData(nameof(Compound), true)]
    [InlineData(nameof(Lambda), true)]
    [InlineData(nameof(Implicit), true)]
    [InlineData(nameof(Rooted), false)]
    public void Makers_KnownCases_AreTold(string name, bool hidden)
    {
        var graph = CallGraph.Of(typeof(HiddenScalarTests).Assembly);
        var method = typeof(HiddenScalarTests).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!;
        var reached = graph[method].Concat(graph[method].Where(graph.ContainsKey).SelectMany(m => graph[m]));
        Assert.Equal(hidden, reached.Any(Makers.Contains));
    }

    private static Tensor Sum(Tensor a, Tensor b) => a + b;

    private static Tensor Compound(Tensor a, Tensor b) { a += b; return a; }

    private static Func<Tensor, Tensor> Lambda() => a => a.square();

    private static Tensor Implicit(Tensor a) => a.pow(2);

    private static Tensor Rooted(Tensor a, Tensor b) => a.add(b, Scalars.One).mul(Scalars.Half).sub(a);

    /// <summary>Everything in TorchSharp that reaches the making of a Scalar, but for the explicit ToScalar and printing.</summary>
    private static HashSet<MethodBase> FindMakers()
    {
        var graph = CallGraph.Of(typeof(Scalar).Assembly);
        var makers = graph.Keys.Where(m => m.DeclaringType == typeof(Scalar) && (m is ConstructorInfo || m.Name == "op_Implicit")).ToHashSet();
        static bool Text(MethodBase m) => m.Name is "ToString" or "str";
        for (var grew = true; grew;)
        {
            grew = false;
            foreach (var (method, calls) in graph)
                if (!Text(method) && calls.Overlaps(makers) && makers.Add(method)) grew = true;
        }
        // The explicit form is the one to use.
        makers.RemoveWhere(m => m.Name == nameof(ScalarExtensionMethods.ToScalar));
        return makers;
    }
}
