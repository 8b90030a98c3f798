namespace KdRl.Rewards;

/// <summary>One verification: reads the reference, finds and reads the answer, compares.</summary>
internal sealed class MathVerification(MathVerifierOptions options)
{
    private readonly MathBudget _budget = new(options.MaxNodes, options.MaxDepth);
    private readonly MathNotation _notation = new(options);

    /// <summary>Steps taken so far.</summary>
    public long Steps => _budget.Steps;

    /// <summary>The answer or reference had no value, as 1/0.</summary>
    public bool IsUndefined { get; private set; }

    public MathVerdict Run(string reference, string response)
    {
        var text = MathReferences.Read(reference, options.MaxAnswerLength);
        if (text is null || !MathExtractor.HasContent(text) || MathAnswer.Read(text, _budget, _notation) is not { } expected || _budget.IsExceeded || HasNoValue(expected))
            return new MathVerdict { Status = MathVerdictStatus.InvalidReference };

        var candidate = new MathExtractor(options, MathChoices.Letter(expected.Tokens) is not null).Extract(response, t => IsReadable(t, expected));
        if (candidate.Status != MathVerdictStatus.Compared) return new MathVerdict { Status = candidate.Status, Start = candidate.Start };

        var verdict = new MathVerdict { ExtractedAnswer = string.Join(", ", candidate.Texts), Start = candidate.Start };
        return Judge(expected, candidate.Texts, verdict);
    }

    private MathVerdict Judge(MathAnswer expected, string[] texts, MathVerdict verdict)
    {
        // MathBoxes side by side are the elements of a collection, or else the same value several times.
        string[] answers = texts.Length > 1 && IsCollection(expected.Node) ? [string.Join(", ", texts)] : texts;
        var correct = true;
        foreach (var text in answers)
        {
            if (MathAnswer.Read(text, _budget, _notation) is not { } answer) return verdict with { Status = MathVerdictStatus.Rejected };
            verdict = verdict with { Normalized = verdict.Normalized is null ? answer.Normalized : $"{verdict.Normalized}, {answer.Normalized}" };
            correct &= AreEqual(expected, answer);
            if (_budget.IsExceeded) return verdict with { Status = MathVerdictStatus.BudgetExceeded };
        }
        return verdict with { Status = MathVerdictStatus.Compared, IsCorrect = correct };
    }

    private bool AreEqual(MathAnswer expected, MathAnswer answer)
    {
        if (MathChoices.Letter(expected.Tokens) is { } letter && MathChoices.Chosen(answer.Tokens) is { } chosen) return letter == chosen;
        var (letters, all) = (MathChoices.Several(expected.Tokens), MathChoices.Several(answer.Tokens));
        if (!options.OrderedLists && letters is not null && all is not null && (IsSeparated(expected) || IsSeparated(answer))) return letters == all;
        // "A or C" chooses none.
        if ((letters is null) != (all is null) && (letters is null ? expected : answer).Tokens.Exists(t => t.Is("or"))) return false;
        // A label on one side only says nothing: (B) 12 is 12.
        var (label, labelled) = (MathChoices.WithoutLabel(expected.Tokens), MathChoices.WithoutLabel(answer.Tokens));
        if (label is not null && MathChoices.Letter(answer.Tokens) is { } option) return option == MathChoices.Chosen(expected.Tokens);
        if (label is null && labelled is not null) answer = new MathAnswer(labelled, MathParser.Parse(labelled, _budget));
        if (label is not null && labelled is null) expected = new MathAnswer(label, MathParser.Parse(label, _budget));
        if (expected.Node is not { } a || answer.Node is not { } b)
            return expected.Node is null && answer.Node is null && !_budget.IsExceeded && AreSameText(expected, answer);
        // The points depend on both sides alike: swapped they are the same ones, and no answer is right by its luck at points it knows.
        var scope = new MathScope(options, _budget, Seed(expected.Normalized) + Seed(answer.Normalized));
        var comparer = new MathComparer(scope);
        var equal = comparer.AreEqual(a, b) || AreEqualSeparated(expected, answer, comparer);
        IsUndefined = scope.IsUndefined;
        if (IsUndefined) return false;
        if (equal || _budget.IsExceeded) return equal;
        return a.Kind == MathNodeKind.Text || b.Kind == MathNodeKind.Text ? AreSameText(expected, answer) : expected.Normalized == answer.Normalized;
    }

    private static bool IsSeparated(MathAnswer answer) => answer.Tokens.Exists(t => t.Is(",") || t.Is(";") || t.Is("and"));

    /// <summary>The same tokens; with words among them in any case.</summary>
    private static bool AreSameText(MathAnswer expected, MathAnswer answer)
    {
        var hasWords = expected.Tokens.Concat(answer.Tokens).Any(t => t.Kind == MathTokenKind.Word);
        return string.Equals(expected.Normalized, answer.Normalized, hasWords ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
    }

    /// <summary>"100,200" is a number; beside a list it is two.</summary>
    private bool AreEqualSeparated(MathAnswer expected, MathAnswer answer, MathComparer comparer)
    {
        var (isListA, isListB) = (expected.Node is { Kind: MathNodeKind.List or MathNodeKind.Set or MathNodeKind.Brackets }, answer.Node is { Kind: MathNodeKind.List or MathNodeKind.Set or MathNodeKind.Brackets });
        if (isListA == isListB || !(isListA ? answer : expected).Tokens.Exists(t => t.Is(","))) return false;
        var (a, b) = (isListA ? expected.Node : expected.Separated(_budget), isListB ? answer.Node : answer.Separated(_budget));
        return a is not null && b is not null && comparer.AreEqual(a, b);
    }

    private static bool IsCollection(MathNode? node) => node?.Kind is MathNodeKind.List or MathNodeKind.Set or MathNodeKind.Union or MathNodeKind.PlusMinus || node?.Any(n => n.Kind == MathNodeKind.PlusMinus) == true;

    /// <summary>Whether a text without any mark reads as an answer: as mathematics, or as words where words are expected.</summary>
    private bool IsReadable(string text, MathAnswer expected)
    {
        var budget = new MathBudget(options.MaxNodes, options.MaxDepth);
        if (MathAnswer.Read(text, budget, _notation) is not { } answer) return false;
        if (MathChoices.Letter(expected.Tokens) is not null && MathChoices.Chosen(answer.Tokens) is not null) return true;
        if (answer.Node?.Any(IsWord) == true || (answer.Node?.Any(IsText) == true && expected.Node?.Any(IsText) == false)) return false;
        // "42 ways to go" and "5th" are no formulas, and a sentence of more words than expected names the answer somewhere in it.
        if (expected.Node?.Any(IsSymbol) == false && HasFreeSymbol(answer.Node)) return false;
        if (answer.Node is { Kind: MathNodeKind.Text } && expected.Node is { Kind: MathNodeKind.Text } && (Words(answer) != Words(expected) || IsYesOrNo(answer) != IsYesOrNo(expected))) return false;
        return answer.Node is { Kind: not MathNodeKind.Text } || (expected.Node is null or { Kind: MathNodeKind.Text } && (answer.Normalized == expected.Normalized || answer.Node is not null));
    }

    /// <summary>Whether a value has a symbol in it that does not only name it.</summary>
    private static bool HasFreeSymbol(MathNode? node) => node is not null && node.Kind switch
    {
        // 2x = 16 is a step, m + n = 16 a result.
        MathNodeKind.Relation => EqualityChain.IsEquality(node) && (HasFreeSymbol(node.Items[^1]) || (node.Items[0].Any(IsSymbol) && node.Items[0].Any(n => n.Kind == MathNodeKind.Number))),
        MathNodeKind.List or MathNodeKind.Set => Array.Exists(node.Items, HasFreeSymbol),
        _ => node.Any(IsSymbol),
    };

    private static int Words(MathAnswer text) => text.Node!.Name.Split(' ').Length;

    private static bool IsYesOrNo(MathAnswer text) => text.Node!.Name is "yes" or "no";

    private static bool IsSymbol(MathNode node) => node.Kind == MathNodeKind.Symbol;

    private static bool IsText(MathNode node) => node.Kind == MathNodeKind.Text;

    /// <summary>A word that was read as a symbol: prose, not a formula.</summary>
    private static bool IsWord(MathNode node) => node is { Kind: MathNodeKind.Symbol, Name.Length: > 1 } && !node.Name.Contains('_', StringComparison.Ordinal)
        && node.Name is not ("reals" or "emptyset") && !LatexCommands.Letters.ContainsKey(node.Name.TrimEnd('\''));

    /// <summary>Divides by zero or the like: such a reference equals nothing.</summary>
    private bool HasNoValue(MathAnswer answer)
    {
        if (answer.Node is not { } node || node.Kind is MathNodeKind.Number) return false;
        var scope = new MathScope(options, new MathBudget(options.MaxNodes, options.MaxDepth));
        return ExactValue.Of(node, scope) is null && scope.IsUndefined;
    }

    /// <summary>FNV-1a.</summary>
    private static ulong Seed(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in text) hash = (hash ^ c) * 1099511628211UL;
        return hash;
    }
}
