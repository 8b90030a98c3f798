using System.CommandLine;
using KdRl.Examples.Quickstart.Comparison;
using KdRl.Examples.Quickstart.Preparation;
using KdRl.Tensors;

namespace KdRl.Examples.Quickstart;

/// <summary>The command line.</summary>
internal static class QuickstartCommand
{
    public static RootCommand Create()
    {
        var method = new Option<string>("--method") { Description = "How to post-train.", DefaultValueFactory = _ => Methods.Default };
        method.AcceptOnlyFromAmong([.. Methods.Names]);
        var teacher = new Option<string>("--teacher") { Description = "Which teacher.", DefaultValueFactory = _ => Teachers.Good };
        teacher.AcceptOnlyFromAmong([.. Teachers.Names]);
        var steps = Positive("--steps", "Optimiser steps of post-training.", QuickstartOptions.DefaultSteps);
        var seed = new Option<long>("--seed") { Description = "Seed of problems, weights and samples." };
        var output = new Option<string?>("--output") { Description = "Folder of the run. Left out: runs/quickstart-... or runs/compare-..." };
        var threads = Positive("--threads", "Threads of the tensor library.", Environment.ProcessorCount);
        var compare = new Option<bool>("--compare") { Description = "Run every method with both teachers and write one table." };
        var seeds = Positive("--seeds", "With --compare: how many seeds, counted from 1.", 5);
        var jobs = Positive("--jobs", "With --compare: runs at a time.", Environment.ProcessorCount);
        var prepared = new Option<string?>("--prepared") { Description = "Folder of models that prepare wrote.", Hidden = true };

        var root = new RootCommand(
            "Teaches a small transformer arithmetic from few worked examples, then post-trains it with rewards and a teacher.")
        { method, teacher, steps, seed, output, threads, compare, seeds, jobs, prepared };
        root.Validators.Add(result =>
        {
            string[] wrong = result.GetValue(compare) ? ["--method", "--teacher", "--seed", "--prepared", "--threads"] : ["--seeds", "--jobs"];
            foreach (var name in wrong.Where(n => result.GetResult(n) is System.CommandLine.Parsing.OptionResult { Implicit: false }))
                result.AddError($"{name} has no effect {(result.GetValue(compare) ? "with" : "without")} --compare; leave it out.");
        });
        root.SetAction((parsed, ct) => ReportAsync(async () =>
        {
            if (parsed.GetValue(compare)) Console.WriteLine(MarkdownReport.Write(await Comparison().RunAsync(ct), "compare.png"));
            else await QuickstartRun.RunAsync(One(), ct);

            QuickstartOptions One() => new()
            {
                Method = parsed.GetValue(method)!,
                Teacher = parsed.GetValue(teacher)!,
                Steps = parsed.GetValue(steps),
                Seed = parsed.GetValue(seed),
                Threads = parsed.GetValue(threads),
                Output = parsed.GetValue(output)
                    ?? $"runs/quickstart-{parsed.GetValue(method)}-seed{parsed.GetValue(seed)}-{DateTime.Now:yyyyMMdd-HHmmss}",
                Prepared = parsed.GetValue(prepared),
            };

            ComparisonRun Comparison() => new(new ComparisonOptions
            {
                Seeds = [.. Enumerable.Range(1, parsed.GetValue(seeds)).Select(s => (long)s)],
                Teachers = Teachers.Names,
                Steps = parsed.GetValue(steps),
                Jobs = parsed.GetValue(jobs),
                Output = parsed.GetValue(output) ?? $"runs/compare-{parsed.GetValue(steps)}-steps",
                Command = $"Quickstart --compare --seeds {parsed.GetValue(seeds)} --steps {parsed.GetValue(steps)}",
            });
        }));
        root.Add(Prepare());
        return root;
    }

    private static Command Prepare()
    {
        var prepare = new Command("prepare", "Teaches student and teachers and keeps them.") { Hidden = true };
        var (prepareSeed, prepareFolder) = (new Option<long>("--seed"), new Option<string>("--prepared") { Required = true });
        var prepareThreads = Positive("--threads", "Threads of the tensor library.", Environment.ProcessorCount);
        foreach (var option in new Option[] { prepareSeed, prepareFolder, prepareThreads }) prepare.Add(option);
        prepare.SetAction((parsed, ct) => ReportAsync(async () =>
        {
            using var thread = new TorchThread(threads: parsed.GetValue(prepareThreads));
            await PreparedModels.EnsureAsync(parsed.GetValue(prepareFolder)!, parsed.GetValue(prepareSeed), Teachers.Names, thread, ct);
        }));
        return prepare;
    }

    /// <summary>Faults of input and of earlier runs are said in one line; anything else keeps its stack.</summary>
    private static async Task<int> ReportAsync(Func<Task> run)
    {
        try
        {
            await run();
            return 0;
        }
        catch (InvalidDataException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static Option<int> Positive(string name, string description, int value)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1) result.AddError($"{name} is {result.GetValueOrDefault<int>()}, expected at least 1.");
        });
        return option;
    }
}
