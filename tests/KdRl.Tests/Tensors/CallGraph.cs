using System.Reflection;
using System.Reflection.Emit;

namespace KdRl.Tests.Tensors;

/// <summary>Which methods of an assembly call which, read from their instructions.</summary>
internal static class CallGraph
{
    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes).GetFields()
        .Select(f => (OpCode)f.GetValue(null)!).ToDictionary(c => c.Value);

    /// <summary>Every method and constructor of the assembly with what it calls or takes the address of.</summary>
    public static Dictionary<MethodBase, HashSet<MethodBase>> Of(Assembly assembly) =>
        Types(assembly).SelectMany(t => t.GetMethods(Everything).Cast<MethodBase>().Concat(t.GetConstructors(Everything)))
            .ToDictionary(m => m, Calls);

    private static IEnumerable<Type> Types(Assembly assembly)
    {
        try { return assembly.GetTypes(); }
        catch (ReflectionTypeLoadException e) { return e.Types.OfType<Type>(); }
    }

    private static HashSet<MethodBase> Calls(MethodBase method)
    {
        HashSet<MethodBase> calls = [];
        if (Code(method) is not { } code) return calls;
        for (var i = 0; i < code.Length;)
        {
            short value = code[i++];
            if (value == 0xFE) value = unchecked((short)(0xFE00 | code[i++]));
            var operand = Codes[value].OperandType;
            if (operand is OperandType.InlineMethod or OperandType.InlineTok && Resolve(method, BitConverter.ToInt32(code, i)) is { } called)
                calls.Add(called);
            i += operand switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, i),
                _ => 4,
            };
        }
        return calls;
    }

    private static byte[]? Code(MethodBase method)
    {
        try { return method.GetMethodBody()?.GetILAsByteArray(); }
        catch (Exception e) when (e is FileNotFoundException or TypeLoadException) { return null; }
    }

    private static MethodBase? Resolve(MethodBase method, int token)
    {
        try
        {
            var found = method.Module.ResolveMember(token, method.DeclaringType?.GetGenericArguments(),
                method.IsGenericMethod ? method.GetGenericArguments() : null) as MethodBase;
            return found is MethodInfo { IsGenericMethod: true } generic ? generic.GetGenericMethodDefinition() : found;
        }
        catch (Exception e) when (e is FileNotFoundException or TypeLoadException or ArgumentException or BadImageFormatException)
        {
            return null; // A type of a package that is not here.
        }
    }
}
