namespace KdRl.Examples.Quickstart.Tasks;

/// <summary>
/// Left-to-right arithmetic modulo 7, every step written out: <c>5+4*6=</c> is answered <c>5+4=2,2*6=5;</c>.
/// Multiplication does not bind tighter; each step starts from the result of the one before.
/// </summary>
/// <param name="Text">What the model reads, <c>=</c> included.</param>
/// <param name="Worked">The worked answer, the closing <c>;</c> included.</param>
/// <param name="Answer">The last result, 0 to 6.</param>
internal sealed record ModularProblem(string Text, string Worked, int Answer)
{
    public const int Modulus = 7;

    /// <summary>Every character that problems and answers are made of.</summary>
    public const string Alphabet = "0123456+-*=,;";

    /// <summary>Ends an answer.</summary>
    public const char End = ';';

    /// <summary>Characters of a worked step, its separator included.</summary>
    public const int StepLength = 6;

    /// <summary>Works a problem out.</summary>
    public static ModularProblem Of(int first, IReadOnlyList<(char Operator, int Operand)> operations)
    {
        var text = new System.Text.StringBuilder().Append(first);
        var worked = new System.Text.StringBuilder();
        var value = first;
        foreach (var (op, operand) in operations)
        {
            var result = Apply(value, op, operand);
            text.Append(op).Append(operand);
            worked.Append(worked.Length > 0 ? "," : "").Append(value).Append(op).Append(operand).Append('=').Append(result);
            value = result;
        }
        return new ModularProblem(text.Append('=').ToString(), worked.Append(End).ToString(), value);
    }

    private static int Apply(int value, char op, int operand) => op switch
    {
        '+' => (value + operand) % Modulus,
        '-' => (value - operand + Modulus) % Modulus,
        '*' => value * operand % Modulus,
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "Expected +, - or *."),
    };
}
