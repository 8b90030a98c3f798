using System.Text.Json;
using static TorchSharp.torch;

namespace KdRl.Tests.Golden;

/// <summary>Inputs, options and results of one run of published training code.</summary>
internal sealed class GoldenRecord(JsonElement json)
{
    private readonly Dictionary<string, Tensor> leaves = [];

    public string Id { get; } = json.GetProperty("id").GetString()!;

    /// <summary>peer/function.</summary>
    public string Function => Id[..Id.LastIndexOf('/')];

    public string Note { get; } = json.TryGetProperty("note", out var note) ? note.GetString() ?? "" : "";

    public ScalarType Type { get; } = json.GetProperty("dtype").GetString() == "float32" ? ScalarType.Float32 : ScalarType.Float64;

    public double RelativeTolerance { get; } = json.GetProperty("tolerance").GetProperty("rtol").GetDouble();

    public double AbsoluteTolerance { get; } = json.GetProperty("tolerance").GetProperty("atol").GetDouble();

    public JsonElement Inputs { get; } = json.GetProperty("inputs");

    public JsonElement Options { get; } = json.GetProperty("options");

    public JsonElement Outputs { get; } = json.GetProperty("outputs");

    /// <summary>Expected gradients by input; empty where nothing was differentiated.</summary>
    public IReadOnlyDictionary<string, JsonElement> Gradients { get; } =
        json.TryGetProperty("gradients", out var g) && g.ValueKind == JsonValueKind.Object
            ? g.EnumerateObject().Where(p => p.Value.ValueKind != JsonValueKind.Null).ToDictionary(p => p.Name, p => p.Value)
            : new Dictionary<string, JsonElement>();

    public bool Has(string input) => Inputs.TryGetProperty(input, out var v) && v.ValueKind != JsonValueKind.Null;

    /// <summary>A floating input; the same tensor at each call, with gradient where the record has one. JSON null becomes NaN.</summary>
    public Tensor Floats(string input)
    {
        if (leaves.TryGetValue(input, out var known)) return known;
        var leaf = ToTensor(Inputs.GetProperty(input)).to(Type);
        if (Gradients.ContainsKey(input)) leaf.requires_grad_();
        return leaves[input] = leaf;
    }

    public Tensor? FloatsOrNull(string input) => Has(input) ? Floats(input) : null;

    /// <summary>A mask or flag input as bool.</summary>
    public Tensor Flags(string input) => ToTensor(Inputs.GetProperty(input)).ne(0);

    /// <summary>An integer input.</summary>
    public Tensor Integers(string input) => ToTensor(Inputs.GetProperty(input)).to(ScalarType.Int64);

    public bool Set(string option) => Options.TryGetProperty(option, out var v) && v.ValueKind != JsonValueKind.Null;

    public double Number(string option, double otherwise = double.NaN) => Set(option) ? Double(Options.GetProperty(option)) : otherwise;

    public double? NumberOrNull(string option) => Set(option) ? Number(option) : null;

    public bool Flag(string option, bool otherwise = false) => Set(option) ? Options.GetProperty(option).GetBoolean() : otherwise;

    public string Text(string option, string otherwise = "") => Set(option) ? Options.GetProperty(option).ToString() : otherwise;

    /// <summary>A nested JSON list, or a number, as float64.</summary>
    public static Tensor ToTensor(JsonElement element)
    {
        var (shape, values) = (new List<long>(), new List<double>());
        Flatten(element, 0, shape, values);
        return tensor(values.ToArray()).reshape([.. shape]);
    }

    private static void Flatten(JsonElement element, int depth, List<long> shape, List<double> values)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            values.Add(Double(element));
            return;
        }
        if (shape.Count == depth) shape.Add(element.GetArrayLength());
        foreach (var inner in element.EnumerateArray()) Flatten(inner, depth + 1, shape, values);
    }

    private static double Double(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number => element.GetDouble(),
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        JsonValueKind.Null => double.NaN,
        JsonValueKind.String => element.GetString() switch
        {
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            "NaN" => double.NaN,
            var text => double.Parse(text!),
        },
        _ => throw new InvalidDataException($"{element.ValueKind} is not a number."),
    };
}
