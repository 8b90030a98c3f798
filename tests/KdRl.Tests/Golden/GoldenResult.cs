using static TorchSharp.torch;

namespace KdRl.Tests.Golden;

/// <summary>What our code makes of a record.</summary>
internal sealed class GoldenResult
{
    /// <summary>Outputs by the record's name; the first is differentiated when the record has gradients. Other outputs of the record are not compared.</summary>
    public Dictionary<string, Tensor> Outputs { get; } = [];

    /// <summary>Outputs whose record is a ragged list, with the expected numbers.</summary>
    public Dictionary<string, (Tensor Found, double[] Expected)> Lists { get; } = [];

    /// <summary>Numbers that the peer logs, by their name inside <c>metrics</c> or <c>stat</c>; compared to 1e-6.</summary>
    public Dictionary<string, double> Metrics { get; } = [];

    /// <summary>Rows in which we deviate on purpose: there our outputs are 0 instead of the peer's number. <c>bool [B]</c>.</summary>
    public Tensor? ZeroRows { get; init; }

    /// <summary>A result of one output.</summary>
    public static GoldenResult Of(string output, Tensor value, Tensor? zeroRows = null)
    {
        var result = new GoldenResult { ZeroRows = zeroRows };
        result.Outputs.Add(output, value);
        return result;
    }
}
