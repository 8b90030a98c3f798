namespace KdRl.Rewards;

/// <summary>Decides by rules whether the final answer of a response equals a reference answer.</summary>
/// <remarks>
/// The answer is found (<see cref="MathVerifierOptions.Source"/>), split into tokens, parsed, and compared by its kind: rational numbers and
/// rational functions exactly, roots and constants by 50 digits, other functions at random points that a hash of both sides chooses. What cannot be
/// parsed is compared as normalised text with a reference that cannot be parsed either. Nothing of a response is ever evaluated as a program
/// or changes how it is judged. Work is limited by counted steps and sizes, not by time: the same input always gives the same verdict.
/// Thread-safe.
/// </remarks>
public static class MathVerifier
{
    private static readonly MathVerifierOptions Default = MathVerifierOptions.Strict;

    /// <summary>Compares a response with a reference.</summary>
    /// <param name="reference">The right answer: bare text, a formula in dollars, <c>\boxed{}</c>, or a solution that ends in a box or in <c>####</c>.</param>
    /// <param name="response">All that the model wrote. Only the text behind the last <c>&lt;/think&gt;</c> counts.</param>
    /// <param name="options">What counts as the answer and as equal; <see cref="MathVerifierOptions.Strict"/> when left out.</param>
    /// <returns>The verdict. Bad responses get a status, never an exception.</returns>
    /// <exception cref="ArgumentNullException">The reference or the response is null.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public static MathVerdict Verify(string reference, string response, MathVerifierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(response);
        options ??= Default;
        options.Validate();
        return new MathVerification(options).Run(reference, response);
    }
}
