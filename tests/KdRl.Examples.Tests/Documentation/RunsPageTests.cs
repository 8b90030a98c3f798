using System.Reflection;
using KdRl.TestSupport;
using KdRl.Training;

namespace KdRl.Examples.Tests.Documentation;

public class RunsPageTests
{
    [Fact]
    public void RunsPage_Metrics_AreAllExplained()
    {
        var page = File.ReadAllText(Repository.Path("docs", "runs.md"));
        var names = typeof(MetricNames).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (string)f.GetRawConstantValue()!).ToArray();

        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Contains($"`{name}`", page, StringComparison.Ordinal));
    }
}
