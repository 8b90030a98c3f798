namespace KdRl;

/// <summary>State that a run needs to go on exactly where it stopped: statistics of a reward, a curriculum, a sampler.</summary>
/// <remarks>
/// The trainer saves every reward (those inside others too), teacher and rollout engine that implements this, and whatever else it is given.
/// Called between steps only.
/// </remarks>
public interface ICheckpointed
{
    /// <summary>Names the state within a checkpoint: letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, the same in every run.</summary>
    string Name { get; }

    /// <summary>Writes the state.</summary>
    void Save(Stream stream);

    /// <summary>Restores what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The stream holds something else.</exception>
    void Load(Stream stream);
}
