using KdRl.Notebooks;

var mode = args.Intersect(["--write", "--check"]).ToArray();
var files = args.Except(mode).ToArray();
if (files.Length == 0 || mode.Length > 1 || files.Any(f => f.StartsWith('-')))
{
    Console.Error.WriteLine("""
        Runs the C# cells of notebooks, each notebook from the top in a session of its own.

        usage: NotebookRunner [--write | --check] FILE.ipynb ...
          --write   store the outputs in the notebook
          --check   fail where the text outputs differ from those stored
        """);
    return 2;
}

var (passed, failed) = (0, 0);
foreach (var file in files)
{
    var notebook = Notebook.Load(file);
    var results = new NotebookSession().Run(notebook, check: mode is ["--check"]);
    foreach (var result in results)
    {
        Console.WriteLine($"{Path.GetFileName(file)} cell {result.Number}: {(result.Error is null ? "passed" : "FAILED")} ({result.Elapsed.TotalMilliseconds:F0} ms)");
        if (result.Error is not null) Console.WriteLine(result.Error);
    }
    if (mode is ["--write"]) notebook.Save(file);
    passed += results.Count(r => r.Error is null);
    failed += results.Count(r => r.Error is not null);
}
Console.WriteLine($"{passed} passed, {failed} failed");
return failed == 0 ? 0 : 1;
