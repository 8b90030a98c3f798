using System.Text.Json;
using KdRl.TestSupport;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Tests.Golden;

/// <summary>Outputs and gradients of published training code, reproduced: one test a record.</summary>
[Collection("torch")]
public class GoldenTests
{
    private const string Absent = "shared data is absent";

    private static readonly Lazy<Dictionary<string, GoldenRecord>> Records = new(() => File
        .ReadLines(SharedData.Path("golden", "objectives.jsonl"))
        .Where(line => line.Length > 0)
        .Select(line => new GoldenRecord(JsonDocument.Parse(line).RootElement))
        .ToDictionary(r => r.Id));

    public static TheoryData<string> Ids()
    {
        try
        {
            return [.. Records.Value.Keys];
        }
        catch (SkipException)
        {
            return [Absent];
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Ids))]
    public void Record_SameInputsAndOptions_GivesOutputsAndGradients(string id)
    {
        Skip.If(id == Absent, Absent);
        var record = Records.Value[id];
        var reason = GoldenExceptions.Reason(record);
        Skip.If(reason is not null, reason!);
        var adapter = GoldenRegistry.Find(record);
        Assert.True(adapter is not null, $"{record.Function} has neither an adapter nor a reason in {nameof(GoldenExceptions)}.");
        using var scope = NewDisposeScope();
        var result = adapter(record);
        Assert.True(result.Outputs.Count + result.Lists.Count + result.Metrics.Count > 0, "the adapter compares nothing");
        foreach (var (name, found) in result.Outputs) CompareOutput(record, name, found, result.ZeroRows);
        foreach (var (name, (found, expected)) in result.Lists)
            AssertClose(tensor(expected), found.to(ScalarType.Float64), record.RelativeTolerance, record.AbsoluteTolerance, $"output {name}");
        foreach (var (name, found) in result.Metrics) CompareMetric(record, name, found);
        if (record.Gradients.Count > 0) CompareGradients(record, result.Outputs.First().Value);
    }

    [SkippableFact]
    public void Exceptions_NameOnlyFunctionsWithoutAdapter()
    {
        Assert.Empty(GoldenRegistry.Functions.Intersect(GoldenExceptions.NotOffered.Keys));
        Assert.All(GoldenExceptions.NotOffered.Values, Assert.NotEmpty);
    }

    private static void CompareOutput(GoldenRecord record, string name, Tensor found, Tensor? zeroRows)
    {
        var expected = GoldenRecord.ToTensor(record.Outputs.GetProperty(name));
        var ours = found.detach().to(ScalarType.Float64);
        if (zeroRows is not null && expected.dim() > 0)
        {
            Assert.Equal(0, ours[zeroRows].abs().sum().item<double>());
            (ours, expected) = (ours[zeroRows.logical_not()], expected[zeroRows.logical_not()]);
        }
        AssertClose(expected, ours, record.RelativeTolerance, record.AbsoluteTolerance, $"output {name}");
    }

    private static void CompareMetric(GoldenRecord record, string name, double found)
    {
        var metrics = record.Outputs.TryGetProperty("metrics", out var m) ? m : record.Outputs.GetProperty("stat");
        AssertClose(GoldenRecord.ToTensor(metrics.GetProperty(name)), tensor(found), 1e-6, 1e-9, $"metric {name}");
    }

    private static void CompareGradients(GoldenRecord record, Tensor first)
    {
        first.sum().backward();
        foreach (var (name, expected) in record.Gradients)
        {
            var leaf = record.Floats(name);
            var found = (leaf.grad ?? zeros_like(leaf)).to(ScalarType.Float64);
            AssertClose(GoldenRecord.ToTensor(expected), found, record.RelativeTolerance, record.AbsoluteTolerance, $"gradient of {name}");
        }
    }

    private static void AssertClose(Tensor expected, Tensor found, double relative, double absolute, string what)
    {
        Assert.True(expected.shape.SequenceEqual(found.shape), $"{what}: shape [{string.Join(',', found.shape)}], expected [{string.Join(',', expected.shape)}]");
        Assert.True(found.allclose(expected, relative, absolute, equal_nan: true),
            $"{what}: found\n{found.str()}\nexpected\n{expected.str()}\nlargest difference {(expected.numel() == 0 ? 0 : (found - expected).abs().max().item<double>())}");
    }
}
