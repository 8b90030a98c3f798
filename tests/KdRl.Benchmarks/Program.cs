using System.Text.Json;
using KdRl.Benchmarks;

IBenchmark[] benchmarks = [new ObjectiveBenchmark(), new HeadBenchmark(), new HeadMemoryBenchmark(), new FullStepBenchmark(), new LoadSaveBenchmark(), new OptimizerBenchmark(), new TokenizerBenchmark(), new StepOverheadBenchmark(), new TorchThreadBenchmark(), new AllocatorBenchmark(), new CodeExecutionsBenchmark(),
    new MathVerifierBenchmark(), new RulesBenchmark(), new PanguBenchmark(), new CheckpointingBenchmark(), new RolloutsBenchmark()];

if (args is ["list"])
{
    foreach (var benchmark in benchmarks) Console.WriteLine($"{benchmark.Name,-16} {benchmark.Description}");
    return 0;
}
var (name, options) = (args.FirstOrDefault(), args.Skip(1).Chunk(2).ToArray());
var chosen = benchmarks.SingleOrDefault(b => b.Name == name);
if ((chosen is null && name != "all") || options.Any(o => o.Length < 2 || o[0] is not ("--json" or "--markdown")))
{
    Console.Error.WriteLine($"usage: list | NAME [--json FILE] [--markdown FILE], where NAME is all or one of {string.Join(", ", benchmarks.Select(b => b.Name))}");
    return 2;
}
// Each in a process of its own; one that fails does not end the others.
if (chosen is null) return benchmarks.Select(b => Report.RunApart([b.Name, .. args.Skip(1)])).ToArray().All(done => done) ? 0 : 1;

string? Given(string option) => options.LastOrDefault(o => o[0] == option)?[1];
var share = new ProcessorShare();
List<Measurement>? results = [];
try
{
    Console.WriteLine(Report.Header);
    foreach (var result in chosen.Run())
    {
        results.Add(result);
        Console.WriteLine(Report.Row(result));
    }
}
catch (Exception e)
{
    Console.Error.WriteLine($"{chosen.Name} failed: {e}");
    results = null;
}
if (Given("--json") is { } file && results is not null) File.WriteAllText(file, JsonSerializer.Serialize(results, JsonDefaults.Indented));
if (Given("--markdown") is { } page) PerformancePage.Write(page, benchmarks, chosen, results, share.OfOthers());
return results is null ? 1 : 0;
