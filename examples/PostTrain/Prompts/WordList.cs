namespace KdRl.Examples.PostTrain.Prompts;

/// <summary>Words by kind, from a text file with lines such as <c>thing ball</c>; lines that begin with # are comments.</summary>
internal sealed class WordList
{
    /// <summary>The kinds that stories are made of.</summary>
    public static readonly IReadOnlyList<string> Kinds = ["animal", "thing", "verb", "adjective"];

    /// <summary>The list that ships with the program.</summary>
    public static string DefaultPath => Path.Combine(AppContext.BaseDirectory, "words.txt");

    private readonly Dictionary<string, List<string>> words = Kinds.ToDictionary(k => k, _ => new List<string>());

    /// <summary>The words of a kind.</summary>
    public IReadOnlyList<string> this[string kind] => words[kind];

    /// <summary>Reads a list.</summary>
    /// <exception cref="InvalidDataException">A line is not a kind and a word, or a kind has fewer than two words.</exception>
    public static WordList Read(string path)
    {
        var list = new WordList();
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line) || line.StartsWith('#')) continue;
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var kind, var word] || !list.words.TryGetValue(kind, out var ofKind))
                throw new InvalidDataException($"{path}, line {number}: found '{line}', expected one of {string.Join(", ", Kinds)} and a word.");
            ofKind.Add(word.ToLowerInvariant());
        }
        return list.words.FirstOrDefault(w => w.Value.Distinct().Count() < 2).Key is { } lacking
            ? throw new InvalidDataException($"{path}: expected at least two different words of the kind '{lacking}'.")
            : list;
    }
}
