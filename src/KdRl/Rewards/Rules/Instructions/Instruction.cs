using System.Text.Json;

namespace KdRl.Rewards;

/// <summary>One verifiable instruction of a prompt, of the 25 types of IFEval (arXiv 2311.07911).</summary>
/// <remarks>
/// <para>
/// The checks follow the published definitions. They deviate in these points: keywords, section words and postscript markers are literal text,
/// not regular expressions; sentences are split by Punkt's rules with a fixed list of abbreviations (<see cref="SentenceSplitter"/>);
/// languages are told by <see cref="LanguageDetector"/>, and an undetected one is not followed unless
/// <see cref="InstructionOptions.UndetectedLanguageFollows"/>; JSON may not hold NaN or Infinity; case follows single characters (ß, İ).
/// Arguments that IFEval would replace by random ones are refused.
/// </para>
/// <para>A check is linear in the response.</para>
/// </remarks>
public sealed class Instruction
{
    private readonly Func<string, bool> check;

    private Instruction(string id, Func<string, bool> check) => (Id, this.check) = (id, check);

    /// <summary>The ids of all types, in order: <c>change_case:capital_word_frequency</c> and so on.</summary>
    public static IReadOnlyList<string> KnownIds => InstructionCatalog.Ids;

    /// <summary>The type.</summary>
    public string Id { get; }

    /// <summary>Reads an instruction.</summary>
    /// <param name="id">One of <see cref="KnownIds"/>.</param>
    /// <param name="arguments">Its arguments, as IFEval names them: an object with all of them and no others. A null stands for an absent one.</param>
    /// <param name="options">How it is checked; null: the defaults.</param>
    /// <exception cref="ArgumentException">The id is unknown, or an argument is missing, left over, or not of its kind. The message names them.</exception>
    public static Instruction Parse(string id, JsonElement arguments, InstructionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(id);
        return InstructionCatalog.Check(id, new InstructionArguments(id, arguments), options ?? new InstructionOptions()) is { } check
            ? new Instruction(id, check)
            : throw new ArgumentException($"There is no instruction '{id}'; expected one of {string.Join(", ", KnownIds)}.", nameof(id));
    }

    /// <summary>Strict: the response follows the instruction and is not blank.</summary>
    /// <param name="response">The response, without its reasoning.</param>
    public bool IsFollowed(string response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return !PythonText.IsBlank(response) && check(response);
    }

    /// <summary>
    /// Loose: one of eight forms follows it: the response, without its first line, without its last, without both, and each of these without
    /// asterisks. It forgives an introduction, a closing remark and emphasis.
    /// </summary>
    /// <param name="response">The response, without its reasoning.</param>
    public bool IsFollowedLoosely(string response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return Forms(response).Any(IsFollowed);
    }

    private static IEnumerable<string> Forms(string response)
    {
        var (first, last) = (response.IndexOf('\n'), response.LastIndexOf('\n'));
        var withoutFirst = first < 0 ? "" : response[(first + 1)..];
        var withoutLast = last < 0 ? "" : response[..last];
        var withoutBoth = last <= first ? "" : response[(first + 1)..last];
        string[] forms = [response, PythonText.Strip(withoutFirst), PythonText.Strip(withoutLast), PythonText.Strip(withoutBoth)];
        return forms.SelectMany(form => form.Contains('*') ? (string[])[form, form.Replace("*", "", StringComparison.Ordinal)] : [form]);
    }
}
