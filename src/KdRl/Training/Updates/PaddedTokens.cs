using static TorchSharp.torch;

namespace KdRl.Training;

/// <summary>Prompts and completions as tensors: one row each, prompt then completion, padded on the right with token 0.</summary>
internal static class PaddedTokens
{
    /// <summary>Ids, <c>int64 [B,T]</c>, and mask, <c>bool [B,T]</c>, true on completion tokens that train.</summary>
    /// <param name="rows">Prompt and completion of each row; and which completion tokens train nothing, null for none.</param>
    /// <param name="device">Where the tensors go.</param>
    public static (Tensor Ids, Tensor Mask) Of(IReadOnlyList<(int[] Prompt, int[] Completion, bool[]? Untrained)> rows, Device device)
    {
        var width = rows.Max(r => r.Prompt.Length + r.Completion.Length);
        var (ids, mask) = (new long[rows.Count * width], new bool[rows.Count * width]);
        for (var i = 0; i < rows.Count; i++)
        {
            var (prompt, completion, untrained) = rows[i];
            var start = i * width + prompt.Length;
            for (var t = 0; t < prompt.Length; t++) ids[i * width + t] = prompt[t];
            for (var t = 0; t < completion.Length; t++) (ids[start + t], mask[start + t]) = (completion[t], untrained is null || !untrained[t]);
        }

        return (tensor(ids, device: device).reshape(rows.Count, width), tensor(mask, device: device).reshape(rows.Count, width));
    }
}
