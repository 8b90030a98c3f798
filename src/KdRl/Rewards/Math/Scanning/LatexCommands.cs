using System.Collections.Frozen;

namespace KdRl.Rewards;

/// <summary>What each LaTeX command means to the scanner.</summary>
internal static class LatexCommands
{
    /// <summary>LatexCommands that are a sign.</summary>
    public static readonly FrozenDictionary<string, string> Signs = new Dictionary<string, string>
    {
        ["cdot"] = "*", ["times"] = "*", ["ast"] = "*", ["bullet"] = "*", ["div"] = "/", ["pm"] = "+-", ["mp"] = "-+",
        ["le"] = "<=", ["leq"] = "<=", ["leqslant"] = "<=", ["leqq"] = "<=", ["ge"] = ">=", ["geq"] = ">=", ["geqslant"] = ">=", ["geqq"] = ">=",
        ["lt"] = "<", ["gt"] = ">", ["ne"] = "!=", ["neq"] = "!=", ["approx"] = "~=", ["simeq"] = "~=", ["cong"] = "~=", ["doteq"] = "~=",
        ["equiv"] = "equiv", ["in"] = "in", ["cup"] = "union", ["bigcup"] = "union", ["cap"] = "inter", ["setminus"] = "minus",
        ["backslash"] = "minus", ["smallsetminus"] = "minus", ["colon"] = ":", ["mid"] = "mid", ["vert"] = "|", ["lvert"] = "|(", ["rvert"] = ")|",
        ["Vert"] = "||", ["lVert"] = "||", ["rVert"] = "||", ["|"] = "||", ["{"] = "\\{", ["}"] = "\\}", ["lbrace"] = "\\{", ["rbrace"] = "\\}",
        ["lbrack"] = "[", ["rbrack"] = "]", ["lparen"] = "(", ["rparen"] = ")", ["langle"] = "(", ["rangle"] = ")", ["lfloor"] = "floor(",
        ["rfloor"] = ")floor", ["lceil"] = "ceil(", ["rceil"] = ")ceil", ["%"] = "%", ["$"] = "$", ["pounds"] = "£", ["euro"] = "€", ["&"] = "and", ["\\"] = "\\\\",
        ["newline"] = "\\\\", ["cr"] = "\\\\", ["prime"] = "'", ["to"] = "->", ["rightarrow"] = "->", ["mapsto"] = "->", ["land"] = "and",
        ["wedge"] = "and", ["lor"] = "or", ["vee"] = "or", ["circ"] = "circ", ["degree"] = "deg", ["#"] = "#", ["_"] = "_",
    }.ToFrozenDictionary();

    /// <summary>LatexCommands that are a letter or a word.</summary>
    public static readonly FrozenDictionary<string, string> Words = new Dictionary<string, string>
    {
        ["infty"] = "infinity", ["infin"] = "infinity", ["emptyset"] = "emptyset", ["varnothing"] = "emptyset", ["surd"] = "sqrt", ["cbrt"] = "cbrt",
        ["fourthroot"] = "fourthroot", ["and"] = "and", ["R"] = "reals", ["reals"] = "reals", ["O"] = "emptyset", ["permille"] = "permille",
    }.ToFrozenDictionary();

    /// <summary>Letters that have a command, by their canonical name.</summary>
    public static readonly FrozenDictionary<string, string> Letters = ((string[])
    [
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi", "pi", "rho", "sigma",
        "tau", "upsilon", "phi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Phi", "Psi", "Omega", "ell", "hbar",
    ]).Select(n => (n, n)).Concat([("varepsilon", "epsilon"), ("vartheta", "theta"), ("varphi", "phi"), ("varrho", "rho"), ("varsigma", "sigma"),
        ("imath", "i"), ("jmath", "j"), ("Pr", "P")]).ToFrozenDictionary(p => p.Item1, p => p.Item2);

    /// <summary>LatexCommands with arguments, by their canonical name.</summary>
    public static readonly FrozenDictionary<string, string> Structures = new Dictionary<string, string>
    {
        ["frac"] = "frac", ["dfrac"] = "frac", ["tfrac"] = "frac", ["cfrac"] = "frac", ["sfrac"] = "frac", ["nicefrac"] = "frac", ["sqrt"] = "sqrt",
        ["binom"] = "binom", ["dbinom"] = "binom", ["tbinom"] = "binom", ["choose"] = "choose", ["over"] = "over",
        ["overline"] = "overline", ["bar"] = "overline", ["vec"] = "vec", ["overrightarrow"] = "vec", ["hat"] = "hat", ["widehat"] = "hat",
        ["tilde"] = "tilde", ["widetilde"] = "tilde", ["dot"] = "dot", ["ddot"] = "ddot", ["overarc"] = "arc", ["wideparen"] = "arc",
        ["angle"] = "angle", ["triangle"] = "triangle", ["pmod"] = "pmod", ["bmod"] = "mod", ["mod"] = "mod",
    }.ToFrozenDictionary();

    /// <summary>LatexCommands that only style what follows: their argument is read as if it stood alone.</summary>
    public static readonly FrozenSet<string> Styles = ((string[])
    [
        "mathbf", "mathit", "boldsymbol", "bm", "pmb", "mathsf", "mathtt", "mathcal", "mathscr", "mathfrak", "displaystyle", "textstyle", "scriptstyle", "limits",
        "nolimits", "left", "right", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "Biggl", "Biggr", "middle", "mathstrut",
        "boxed", "fbox", "underline", "uline", "nonumber", "notag", "mathopen", "mathclose", "mathord", "mathop", "mathrel", "mathbin", "ensuremath", "mathrlap", "bf", "rm", "it",
        "tiny", "small", "normalsize", "large", "Large", "LARGE", "huge", "Huge", "centering", "noindent", "scriptscriptstyle",
    ]).ToFrozenSet();

    /// <summary>LatexCommands whose argument is text.</summary>
    public static readonly FrozenSet<string> Texts = ((string[])
        ["text", "textbf", "textit", "textrm", "textnormal", "textsf", "texttt", "mbox", "hbox", "mathrm", "operatorname", "emph", "textup", "unit", "mathbb"])
        .ToFrozenSet();

    /// <summary>LatexCommands that are a blank.</summary>
    public static readonly FrozenSet<string> Blanks = ((string[])
        [",", ";", ":", "!", " ", ">", "quad", "qquad", "thinspace", "medspace", "thickspace", "enspace", "allowbreak", "hfill", "relax"])
        .ToFrozenSet();

    /// <summary>LatexCommands whose argument is no part of the answer: distances, colours, numbers of equations.</summary>
    public static readonly FrozenSet<string> Ignored = ((string[])["hspace", "vspace", "hskip", "color", "textcolor", "label", "tag"]).ToFrozenSet();

    /// <summary>Environments whose rows and cells are entries of a matrix.</summary>
    public static readonly FrozenSet<string> Matrices = ((string[])["matrix", "pmatrix", "bmatrix", "Bmatrix", "smallmatrix", "psmallmatrix", "bsmallmatrix", "array"])
        .ToFrozenSet();

    /// <summary>Environments whose rows are statements.</summary>
    public static readonly FrozenSet<string> Rows = ((string[])
        ["cases", "dcases", "rcases", "aligned", "align", "align*", "gathered", "gather", "gather*", "split", "equation", "equation*", "alignedat"]).ToFrozenSet();
}
