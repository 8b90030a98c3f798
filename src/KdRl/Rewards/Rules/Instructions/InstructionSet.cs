using System.Text.Json;

namespace KdRl.Rewards;

/// <summary>All verifiable instructions of one prompt.</summary>
/// <param name="Instructions">The instructions, in the prompt's order; at least one.</param>
public sealed record InstructionSet(IReadOnlyList<Instruction> Instructions)
{
    /// <summary>Reads the instructions of a prompt.</summary>
    /// <param name="ids">Their types; at least one.</param>
    /// <param name="arguments">A list with one object of arguments an instruction, in the same order.</param>
    /// <param name="options">How they are checked; null: the defaults.</param>
    /// <exception cref="ArgumentException">
    /// There is none, the lists differ in length, ids are unknown (all of them are named), or arguments do not fit.
    /// </exception>
    public static InstructionSet Parse(IReadOnlyList<string> ids, JsonElement arguments, InstructionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (ids.Count == 0) throw new ArgumentException("There are no instructions; expected at least one.", nameof(ids));
        var unknown = ids.Except(Instruction.KnownIds, StringComparer.Ordinal).ToArray();
        if (unknown.Length > 0)
            throw new ArgumentException($"There is no instruction '{string.Join("', '", unknown)}'; expected some of {string.Join(", ", Instruction.KnownIds)}.", nameof(ids));
        if (arguments.ValueKind != JsonValueKind.Array || arguments.GetArrayLength() != ids.Count)
            throw new ArgumentException($"There are {ids.Count} instructions and arguments {arguments}; expected a list with one object an instruction.", nameof(arguments));
        return new InstructionSet([.. ids.Select((id, i) => Instruction.Parse(id, arguments[i], options))]);
    }

    /// <summary>Checks every instruction, strictly and loosely.</summary>
    /// <param name="response">The response, without its reasoning.</param>
    public InstructionReport Check(string response) => new(
        [.. Instructions.Select(i => i.Id)],
        [.. Instructions.Select(i => i.IsFollowed(response))],
        [.. Instructions.Select(i => i.IsFollowedLoosely(response))]);
}
