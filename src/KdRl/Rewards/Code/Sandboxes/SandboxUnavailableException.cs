namespace KdRl.Rewards.Code;

/// <summary>Programs cannot be run safely on this machine. Nothing was run.</summary>
public sealed class SandboxUnavailableException : InvalidOperationException
{
    /// <summary>A sandbox is missing.</summary>
    public SandboxUnavailableException() : base("No sandbox is available.")
    {
    }

    /// <summary>A sandbox is missing.</summary>
    /// <param name="message">Why, and what helps.</param>
    public SandboxUnavailableException(string message) : base(message)
    {
    }

    /// <summary>A sandbox is missing.</summary>
    /// <param name="message">Why, and what helps.</param>
    /// <param name="innerException">What went wrong.</param>
    public SandboxUnavailableException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
