using System.ComponentModel.DataAnnotations;

namespace KdRl.Rewards.Code;

/// <summary>Refuses programs that cannot be run, at the call.</summary>
internal static class SandboxProgramCheck
{
    /// <exception cref="ArgumentException">The command is empty, a file has a folder in its name, or a limit is out of range.</exception>
    public static void ThrowIfInvalid(SandboxProgram program, string argument)
    {
        ArgumentNullException.ThrowIfNull(program, argument);
        if (program.Command.Count == 0 || string.IsNullOrWhiteSpace(program.Command[0])) throw new ArgumentException("The command is empty.", argument);
        if (program.Files.Keys.Append(program.OutputFile ?? "x").FirstOrDefault(name => name is "" or "." or ".." || name.Contains('/')) is { } bad)
            throw new ArgumentException($"File '{bad}' is not a plain name; files lie in the program's folder itself.", argument);
        List<ValidationResult> results = [];
        if (!Validator.TryValidateObject(program.Limits, new ValidationContext(program.Limits), results, validateAllProperties: true))
            throw new ArgumentException(results[0].ErrorMessage, argument);
    }
}
