using System.Text.Json;
using KdRl.Benchmarks;

IBenchmark[] benchmarks = [new ObjectiveBenchmark(), new HeadBenchmark(), new HeadMemoryBenchmark(), new OptimizerBenchmark(), new TokenizerBenchmark(), new StepOverheadBenchmark(), new TorchThreadBenchmark(), new AllocatorBenchmark(), new CodeExecutionsBenchmark(),
    new MathVerifierBenchmark(), new RulesBenchmark()];

if (args is ["list"])
{
    foreach (var benchmark in benchmarks) Console.WriteLine($"{benchmark.Name,-16} {benchmark.Description}");
    return 0;
}
var json = args is [_, "--json", var file] ? file : null;
var chosen = benchmarks.SingleOrDefault(b => args.Length > 0 && b.Name == args[0]);
if (chosen is null || (args.Length != 1 && json is null))
{
    Console.Error.WriteLine($"usage: list | NAME [--json FILE], where NAME is one of {string.Join(", ", benchmarks.Select(b => b.Name))}");
    return 2;
}

List<Measurement> results = [];
Console.WriteLine("| name | unit | ours | baseline | baseline value | ratio |\n|---|---|---:|---|---:|---:|");
foreach (var result in chosen.Run())
{
    results.Add(result);
    Console.WriteLine($"| {result.Name} | {result.Unit} | {result.Ours:0.###} | {result.Baseline} | {result.BaselineValue:0.###} | {result.Ratio:0.00} |");
}
if (json is not null) File.WriteAllText(json, JsonSerializer.Serialize(results, JsonDefaults.Indented));
return 0;
