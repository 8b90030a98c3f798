using System.Text.Json.Nodes;
using Microsoft.CodeAnalysis.CSharp.Scripting.Hosting;
using TorchSharp;

namespace KdRl.Notebooks;

/// <summary>Turns a value into what a notebook shows for it.</summary>
internal static class MimeBundle
{
    /// <summary>The forms of a value, keyed by MIME type; every value has a plain one.</summary>
    public static JsonObject Of(object? value) => value switch
    {
        ScottPlot.Plot plot => Bundle("image/png", Convert.ToBase64String(plot.GetImageBytes(720, 420, ScottPlot.ImageFormat.Png)), "plot"),
        Html html => Bundle("text/html", html.Text, "HTML"),
        Svg svg => Bundle("image/svg+xml", svg.Text, "SVG"),
        Markdown markdown => Bundle("text/markdown", markdown.Text, markdown.Text),
        torch.Tensor tensor => Plain(tensor.ToString(TorchSharp.TensorStringStyle.Numpy)),
        string text => Plain(text),
        _ => Plain(CSharpObjectFormatter.Instance.FormatObject(value)),
    };

    private static JsonObject Bundle(string type, string content, string plain) => new() { [type] = content, ["text/plain"] = plain };

    private static JsonObject Plain(string text) => new() { ["text/plain"] = text };
}
