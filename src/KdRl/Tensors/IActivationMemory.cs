namespace KdRl.Tensors;

/// <summary>
/// A model that knows how much memory its training takes, so that a step's peak is known before it runs. Implemented beside
/// <see cref="ICausalModel"/>; for a model without it nothing is predicted.
/// </summary>
public interface IActivationMemory
{
    /// <summary>Bytes that one token, padding included, takes from <see cref="ICausalModel.Hidden"/> to the end of the backward pass; positive.</summary>
    long ActivationBytesPerToken { get; }

    /// <summary>
    /// Bytes taken beside those, however few the tokens, such as gradients of an embedding on their way to where they are summed. Without an
    /// implementation: null, for which two tables of the size of the output head are reckoned, what torch's own lookup of rows takes.
    /// </summary>
    long? ActivationBytesBesideTokens => null;
}
