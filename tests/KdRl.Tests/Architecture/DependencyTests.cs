using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnit;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace KdRl.Tests.Architecture;

/// <summary>Dependencies point one way: Training → Objectives → Distillation, Rewards → Rollouts → Tensors.</summary>
public class DependencyTests
{
    private static readonly System.Reflection.Assembly Library = typeof(KdRl.Rollouts.Prompt).Assembly;
    private static readonly ArchUnitNET.Domain.Architecture Loaded = new ArchLoader().LoadAssemblies(Library).Build();

    /// <summary>What each part may use beside itself. A new part has to be placed here before it passes.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Tensors"] = [],
        ["Rollouts"] = ["Tensors"],
        ["Rewards"] = ["Rollouts", "Tensors"],
        ["Distillation"] = ["Rollouts", "Tensors"],
        ["Objectives"] = ["Distillation", "Rewards", "Rollouts", "Tensors"],
        ["Curriculum"] = ["Rewards", "Rollouts"],
        ["Training"] = ["Curriculum", "Objectives", "Distillation", "Rewards", "Rollouts", "Tensors"],
    };

    public static TheoryData<string> Parts => [.. PartsOfLibrary()];

    [Theory, MemberData(nameof(Parts))]
    public void Part_Dependencies_PointOneWay(string part)
    {
        Assert.True(Allowed.TryGetValue(part, out var allowed), $"KdRl.{part} has no place among the dependencies yet.");

        foreach (var other in PartsOfLibrary().Except([part, .. allowed]))
            Types().That().ResideInNamespaceMatching(Pattern(part))
                .Should().NotDependOnAny(Types().That().ResideInNamespaceMatching(Pattern(other)))
                .Check(Loaded);
    }

    [Fact]
    public void Parts_Together_HaveNoCycles() =>
        SliceRuleDefinition.Slices().Matching("KdRl.(*)").Should().BeFreeOfCycles().Check(Loaded);

    [Fact]
    public void Library_References_LeaveModelsAndNativesToOthers()
    {
        var references = Library.GetReferencedAssemblies().Select(a => a.Name!).ToArray();

        Assert.Contains("TorchSharp", references);
        Assert.DoesNotContain(references, name => name.StartsWith("KdRl", StringComparison.Ordinal) || name.StartsWith("libtorch", StringComparison.Ordinal));
    }

    private static string Pattern(string part) => $@"^KdRl\.{part}(\.|$)";

    private static string[] PartsOfLibrary() =>
        [.. Library.GetTypes().Select(t => t.Namespace?.Split('.')).Where(n => n is ["KdRl", _, ..]).Select(n => n![1]).Distinct().Order()];
}
