using System.Text;
using System.Text.Json.Nodes;
using KdRl.TestSupport;
using KdRl.Transformers.Tokenizers.Templates;

namespace KdRl.Transformers.Tests.Tokenizers.Templates;

/// <summary>Templates are untrusted: whatever they say, rendering ends with a text or with an error that names the line.</summary>
public class TemplateSafetyTests
{
    private static string Render(string template) => TemplateRenderer.Render(TemplateParser.Parse(template), new Dictionary<string, object?>());

    public static TheoryData<string, string> Hostile() => new()
    {
        { "\n{% for a in range(1000000000) %}{% endfor %}", "line 2: the template took more" },
        { "{% for a in range(-9223372036854775807, 9223372036854775807) %}{% endfor %}", "steps" },
        { "{% for a in range(3000) %}{% for b in range(3000) %}{% endfor %}{% endfor %}", "steps" },
        { "{% set ns = namespace(x='ab') %}{% for a in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}", "characters" },
        { "{% set ns = namespace(x=[1]) %}{% for a in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}", "steps" },
        { "{{ 'a' * 9223372036854775807 }}", "characters" },
        { "{{ 'a' * 99999999 }}", "characters" },
        { "{{ 'x' | indent(1000) }}{% for a in range(100000) %}{{ 'y\\ny' | indent(1000) }}{% endfor %}", "characters" },
        { "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "nested" },
        { "{% macro f(x) %}{{ f(x + 1) ~ f(x) }}{% endmacro %}{{ f(1) }}", "nested" },
        { "{% set ns = namespace(x=[]) %}{% for a in range(200000) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}", "nested" },
        { "{% set ns = namespace(x=[]) %}{% for a in range(200000) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x == ns.x[0] }}", "nested" },
        { "{% set ns = namespace(x=[]) %}{% for a in range(200000) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x | tojson }}", "nested" },
        { "{% set ns = namespace() %}{% set ns.me = [ns] %}{{ ns.me }}", "no text" },
        { "{% set a = 'a' * 1000000 %}{% for i in range(1000) %}{{ 'x' if a[:500000] + 'b' in a }}{% endfor %}", "" },
        { "{% set l = range(5000) | list %}{{ l | unique | list | length }}", "steps" },
        { "{{ 9223372036854775807 + 1 }}", "64 bits" },
        { "{{ 2 ** 999999999999 }}", "64 bits" },
        { "{{ -9223372036854775807 - 5 }}", "64 bits" },
        { "{{ 99999999999999999999 }}", "64 bits" },
        { "{{ ''.join(range(10)) }}", "'join' got an integer" },
        { "{{ 'a'.replace('', 'b') }}", "replace" },
        { "{{ [3, 'a'] | sort }}", "order" },
        { "{% set a = 'a' * 1000000 %}{% for i in range(1000000) %}{% if a | length == 3 %}{% endif %}{% endfor %}", "steps" },
        { "{% set a = ' ' * 1000000 %}{% for i in range(1000000) %}{% if a.strip() %}{% endif %}{% endfor %}", "steps" },
        { "{% set a = '1' * 1000000 %}{% for i in range(1000000) %}{% if a | int %}{% endif %}{% endfor %}", "steps" },
        { "{% set a = 'a' * 1000000 %}{% for i in range(1000000) %}{% if a is upper %}{% endif %}{% endfor %}", "steps" },
        { "{% set a = 'a' * 1000000 %}{% set m = {'b': 1} %}{% for i in range(1000000) %}{% if m[a] or a in m %}{% endif %}{% endfor %}", "steps" },
        { "{% set a = 'a' * 1000000 %}{% set f = a.startswith %}{% for i in range(1000000) %}{% if f(a) %}{% endif %}{% endfor %}", "steps" },
        { "{% set m = {" + string.Join(",", Enumerable.Range(0, 20000).Select(i => $"'{i}':1")) + "} %}{% for i in range(1000000) %}{% set x = dict(m) %}{% set x = m.keys() %}{% endfor %}", "steps" },
        { "{% macro f(" + string.Join(",", Enumerable.Range(0, 5000).Select(i => $"a{i}")) + ") %}{% endmacro %}{% for i in range(1000000) %}{{ f() }}{% endfor %}", "steps" },
        { "{% set ns = namespace(l=['a' * 30000000]) %}{% for i in range(20) %}{% set ns.l = ns.l + ns.l %}{% endfor %}{{ ns.l | join | length }}", "characters" },
        { "{% set ns = namespace(l=['A' * 30000000]) %}{% for i in range(20) %}{% set ns.l = ns.l + ns.l %}{% endfor %}{{ ns.l | sort | length }}", "characters" },
        { "{{ ('<' * 20000000) | e }}", "characters" },
        { "{{ ('\x01' * 30000000) | tojson | length }}", "characters" },
        { "{{ [1] | tojson(indent=1000000000) }}{{ 'a\nb' | indent(1000000000) }}", "characters" },
        { "{{ " + new string('a', 100_000) + " }}", "a name has 100000 characters" },
        { "{{ self }}{{ [].__class__.__base__ }}", "__class__" },
        { "{{ strftime_now('%Y') }}", "strftime_now" },
        { "{{ '%s' % 1 }}", "%" },
        { "a\nb\n{% extends 'x' %}", "line 3: the statement 'extends'" },
        { "\n\n{{ x | groupby('a') }}", "line 3: the filter 'groupby'" },
        { "{% for x in [] recursive %}{% endfor %}", "recursive" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Render_HostileTemplate_FailsWithItsReason(string template, string reason) =>
        Assert.Contains(reason, Assert.Throws<TemplateException>(() => Render(template)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("{% set a = 'a' * 4000000 %}{{ a.strip('b' * 4000000 ~ 'a') | length }}", "0")]
    [InlineData("{{ [1, 2, 3][::-9223372036854775807 - 1] }}", "[3]")]
    [InlineData("{{ 'abc'[-9223372036854775807 - 1:9223372036854775807] }}", "abc")]
    [InlineData("{{ [1][-9223372036854775807 - 1] }}", "")]
    [InlineData("{{ -9223372036854775807 % -1 }}", "0")]
    public void Render_ExtremeValues_HaveTheirResult(string template, string expected) => Assert.Equal(expected, Render(template));

    [Theory]
    [InlineData("(")]
    [InlineData("[")]
    [InlineData("not ")]
    [InlineData("-")]
    [InlineData("a if ")]
    [InlineData("a(")]
    [InlineData("a[")]
    [InlineData("{'a':")]
    [InlineData("a + (")]
    public void Parse_DeepNesting_Fails(string piece) =>
        Assert.Throws<TemplateException>(() => TemplateParser.Parse("{{ " + string.Concat(Enumerable.Repeat(piece, 100_000)) + " }}"));

    [Fact]
    public void Render_LongChain_FailsOrEnds()
    {
        var chain = "{{ 1" + string.Concat(Enumerable.Repeat(" + 1", 200_000)) + " }}";
        Assert.Contains("nested", Assert.Throws<TemplateException>(() => Render(chain)).Message, StringComparison.Ordinal);
        var blocks = string.Concat(Enumerable.Repeat("{% if 1 %}", 90_000));
        Assert.Contains("nested", Assert.Throws<TemplateException>(() => Render(blocks)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_TooLong_IsRefused() =>
        Assert.Contains("characters", Assert.Throws<TemplateException>(() => TemplateParser.Parse(new string('a', 2_000_000))).Message, StringComparison.Ordinal);

    [Fact]
    public void Render_MutatedTemplates_EndWithTextOrError()
    {
        var lines = File.ReadLines(Repository.Path("tests", "KdRl.Transformers.Tests", "Golden", "templates.jsonl")).Select(line => JsonNode.Parse(line)!).ToList();
        var variables = lines[0]["variables"]!.AsObject().ToDictionary(pair => pair.Key, pair => TemplateValues.From(pair.Value));
        string[] templates = [.. lines.Skip(1).Select(line => (string)line["template"]!)];
        var (random, texts, errors) = (new Random(11), 0, 0);
        for (var round = 0; round < 6000; round++)
        {
            var source = new StringBuilder(templates[random.Next(templates.Length)]);
            for (var edits = random.Next(1, 4); edits > 0; edits--)
            {
                var other = templates[random.Next(templates.Length)];
                var (from, length) = (random.Next(other.Length + 1), random.Next(12));
                var at = random.Next(source.Length + 1);
                if (random.Next(2) == 0) source.Remove(at, Math.Min(random.Next(8), source.Length - at));
                else source.Insert(at, other.AsSpan(from, Math.Min(length, other.Length - from)));
            }
            try
            {
                TemplateRenderer.Render(TemplateParser.Parse(source.ToString()), variables);
                texts++;
            }
            catch (Exception e) when (e is TemplateException or RefusedByTemplateException)
            {
                errors++;
            }
        }
        Assert.True(texts > 500 && errors > 500, $"{texts} texts, {errors} errors");
    }
}
