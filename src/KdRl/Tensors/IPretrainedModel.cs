namespace KdRl.Tensors;

/// <summary>A model that can write itself as a Hugging Face directory, so that a checkpoint is usable outside this library.</summary>
public interface IPretrainedModel : ICausalModel
{
    /// <summary>
    /// Writes weights, configuration and whatever else loading needs into a directory, which is created when absent.
    /// Files are written beside and renamed; files of the same name are replaced.
    /// </summary>
    /// <param name="directory">Where to write.</param>
    /// <exception cref="IOException">The directory or a file cannot be written.</exception>
    void SavePretrained(string directory);
}
