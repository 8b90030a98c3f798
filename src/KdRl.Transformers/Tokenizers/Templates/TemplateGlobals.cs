namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>The functions that every chat template has. There is no clock, no file, no environment among them.</summary>
internal static class TemplateGlobals
{
    public static void AddTo(Scope scope)
    {
        scope.Set("range", new TemplateFunction("range", Range));
        scope.Set("dict", new TemplateFunction("dict", arguments =>
        {
            var map = new TemplateMap();
            foreach (var (name, value) in Initial(arguments)) map[name] = value;
            return map;
        }));
        scope.Set("namespace", new TemplateFunction("namespace", arguments =>
        {
            var space = new TemplateNamespace();
            foreach (var (name, value) in Initial(arguments)) space.Values[name] = value;
            return space;
        }));
        scope.Set("raise_exception", new TemplateFunction("raise_exception", arguments =>
            throw new RefusedByTemplateException(TemplateException.Shown(TemplateText.Of(arguments.Run, arguments.Get(0, "message")), 2000))));
    }

    private static IEnumerable<KeyValuePair<string, object?>> Initial(Arguments arguments) => arguments.Positional switch
    {
        [] => arguments.Named,
        [TemplateMap map] => map.Concat(arguments.Named),
        _ => throw arguments.Run.Fail($"'{arguments.Name}' takes a mapping and named values"),
    };

    private static List<object?> Range(Arguments arguments)
    {
        arguments.Expect(3);
        var count = arguments.Positional.Count;
        var start = count > 1 ? arguments.Integer(0, "start", 0) : 0;
        var stop = count > 1 ? arguments.Integer(1, "stop", 0) : arguments.Integer(0, "stop", 0);
        var (step, result) = (arguments.Integer(2, "step", 1), new List<object?>());
        if (step == 0) throw arguments.Run.Fail("the step of 'range' is zero");
        for (Int128 i = start; step > 0 ? i < stop : i > stop; i += step)
        {
            arguments.Run.Step();
            result.Add((long)i);
        }
        return result;
    }
}
