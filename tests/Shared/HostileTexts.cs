namespace KdRl.TestSupport;

/// <summary>What long responses consist of: prose, formulas, calculations, and what makes a careless scanner look again at everything.</summary>
internal static class HostileTexts
{
    /// <summary>Texts to repeat, by name.</summary>
    public static readonly (string Kind, string Unit)[] Units =
    [
        ("prose and formulas", "We add $x+1$ to the number {a}. "), ("prose", "We look at this in another way, and then again. "), ("calculations", "3 + 4 = 7 and 7 + 5 = 12.\n"),
        ("announcements", "the answer is 41. "), ("labels", "\nAnswer: "), ("boxes", @"\boxed{41}, "), ("boxes left open", @"\boxed{"), ("boxes without braces", @"\boxed"), ("empty boxes", @"\boxed{}"), ("boxes in each other", @"\boxed{{"),
        ("formulas left open", @"\( "), ("formulas", "$x$ "), ("dollar signs", "$"), ("prices", "It costs $5, "), ("braces left open", "{"), ("braces never opened", "}"), ("fractions left open", @"\frac{"),
        ("texts left open", @"\text{"), ("environments left open", @"\begin{cases} "), ("equality chains", "1=1="), ("brackets left open", "(1, "), ("bars", "|"), ("commas", "1,"), ("slashes", "1/"),
        ("digits", "7"), ("digits of another script", "٧"), ("points", "."), ("percentages", "5% "), ("alternatives", "1 or "), ("degrees", @"30^\circ "), ("options", "(A) "), ("code fences", "```"),
        ("backslashes", "\\"), ("blanks", " "), ("line ends", "\n"), ("sentences", "So. "), ("thoughts closed", "</think>"), ("letters", "a"),
    ];

    /// <summary>A text repeated up to a length.</summary>
    public static string Repeat(string unit, int length) => string.Concat(Enumerable.Repeat(unit, length / unit.Length));
}
