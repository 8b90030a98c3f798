namespace KdRl.Transformers.Tokenizers;

/// <summary>A token that is looked up in the text as a whole.</summary>
/// <param name="Text">What is looked up.</param>
/// <param name="Id">Its id.</param>
/// <param name="TakesLeft">Whether it swallows the white space before it.</param>
/// <param name="TakesRight">Whether it swallows the white space after it.</param>
internal sealed record AddedToken(string Text, int Id, bool TakesLeft, bool TakesRight);
