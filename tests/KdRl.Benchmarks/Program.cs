using System.Text.Json;
using KdRl.Benchmarks;

IBenchmark[] benchmarks = [new ObjectiveBenchmark(), new HeadBenchmark(), new HeadMemoryBenchmark(), new FullStepBenchmark(), new LoadSaveBenchmark(), new OptimizerBenchmark(), new TokenizerBenchmark(), new StepOverheadBenchmark(), new TorchThreadBenchmark(), new AllocatorBenchmark(), new CodeExecutionsBenchmark(),
    new MathVerifierBenchmark(), new RulesBenchmark(), new PanguBenchmark(), new CheckpointingBenchmark(), new RolloutsBenchmark()];

if (args is ["list"])
{
    foreach (var benchmark in benchmarks) Console.WriteLine($"{benchmark.Name,-16} {benchmark.Description}");
    return 0;
}
if (args is ["all", "--markdown", var page])
{
    var all = Report.RunEach(benchmarks);
    File.WriteAllText(page, Report.Page("dotnet run -c Release --project tests/KdRl.Benchmarks -- all --markdown docs/performance.md", all));
    return all.All(b => b.Results is not null) ? 0 : 1;
}
var json = args is [_, "--json", var file] ? file : null;
var chosen = benchmarks.SingleOrDefault(b => args.Length > 0 && b.Name == args[0]);
if (chosen is null || (args.Length != 1 && json is null))
{
    Console.Error.WriteLine($"usage: list | NAME [--json FILE] | all --markdown FILE, where NAME is one of {string.Join(", ", benchmarks.Select(b => b.Name))}");
    return 2;
}

List<Measurement> results = [];
Console.WriteLine(Report.Header);
foreach (var result in chosen.Run())
{
    results.Add(result);
    Console.WriteLine(Report.Row(result));
}
if (json is not null) File.WriteAllText(json, JsonSerializer.Serialize(results, JsonDefaults.Indented));
return 0;
