namespace KdRl.Tests.Rewards.Code;

/// <summary>Attacks in C#, as a static method solve that is called. Each costs a compilation.</summary>
internal static partial class HostilePrograms
{
    public static IReadOnlyDictionary<string, string> CSharp { get; } = new Dictionary<string, string>
    {
        ["equal to everything"] = "class E { public override bool Equals(object o) => true; public override int GetHashCode() => 0; public override string ToString() => \"x\"; } public static class S { public static object solve(int a, int b) => new E(); }",
        ["exits before it is called"] = "public static class S { [System.Runtime.CompilerServices.ModuleInitializer] internal static void I() => Environment.Exit(0); public static string solve(int a, int b) => \"x\"; }",
        ["getter that exits"] = "public class R { public string A { get { Environment.Exit(0); return \"\"; } } } public static class S { public static R solve(int a, int b) => new R(); }",
        ["sequence without end"] = "public static class S { public static IEnumerable<int> solve(int a, int b) { while (true) yield return 1; } }",
        ["endless recursion"] = "public static class S { public static int solve(int a, int b) => solve(a, b) + 1; }",
        ["thread that loops"] = "public static class S { public static int solve(int a, int b) { new System.Threading.Thread(() => { while (true) { } }).Start(); return 1; } }",
        ["texts of its host"] = "public static class S { public static string solve(int a, int b) { foreach (var t in System.Reflection.Assembly.GetExecutingAssembly().GetTypes()) foreach (var f in t.GetFields((System.Reflection.BindingFlags)(-1))) if (f.IsStatic && f.FieldType == typeof(string) && f.GetValue(null) is string { Length: 32 } s) return s; return \"x\"; } }",
    };
}
