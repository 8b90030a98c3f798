using System.Text.Json.Nodes;
using KdRl.TestSupport;
using KdRl.Transformers.Tokenizers.Templates;

namespace KdRl.Transformers.Tests.Tokenizers.Templates;

public class TemplateGoldenTests
{
    /// <summary>The second file holds random templates.</summary>
    [Theory]
    [InlineData("templates.jsonl")]
    [InlineData("template-fuzz.jsonl")]
    public void Render_EveryConstruct_EqualsJinja2(string file)
    {
        var lines = File.ReadLines(Repository.Path("tests", "KdRl.Transformers.Tests", "Golden", file)).Select(line => JsonNode.Parse(line)!).ToList();
        var variables = lines[0]["variables"]!.AsObject().ToDictionary(pair => pair.Key, pair => TemplateValues.From(pair.Value));
        var wrong = new List<string>();
        foreach (var line in lines.Skip(1))
        {
            var template = (string)line["template"]!;
            var expected = line["e"] is { } text ? (string)text! : line["refused"] is { } message ? $"refused: {message}" : "fails";
            var found = Render(template, variables);
            if (found != expected) wrong.Add($"{template}\n  expected {expected}\n  found    {found}");
        }
        Assert.True(lines.Count > 100);
        Assert.Empty(wrong);
    }

    private static string Render(string template, Dictionary<string, object?> variables)
    {
        try
        {
            return TemplateRenderer.Render(TemplateParser.Parse(template), variables);
        }
        catch (RefusedByTemplateException e)
        {
            return $"refused: {e.Message}";
        }
        catch (TemplateException)
        {
            return "fails";
        }
    }
}
