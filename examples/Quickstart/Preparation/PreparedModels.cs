using KdRl.Tensors;
using KdRl.Transformers;
using static TorchSharp.torch;

namespace KdRl.Examples.Quickstart.Preparation;

/// <summary>A student that was taught briefly and teachers that were taught longer, kept in a folder.</summary>
internal static class PreparedModels
{
    private const string StudentFolder = "student";

    /// <summary>Teaches the models and keeps them, unless the folder has them already.</summary>
    /// <param name="folder">Where they are kept.</param>
    /// <param name="seed">Seed of weights and worked examples.</param>
    /// <param name="teachers">Which teachers.</param>
    /// <param name="thread">Where the tensors live.</param>
    /// <param name="ct">Cancels the lessons.</param>
    /// <exception cref="InvalidDataException">The folder holds models of another seed, or lacks a teacher.</exception>
    public static async Task<PreparedReport> EnsureAsync(
        string folder, long seed, IReadOnlyList<string> teachers, TorchThread thread, CancellationToken ct)
    {
        if (PreparedReport.Load(folder) is { } found)
            return found.Seed == seed && teachers.All(found.TeacherAccuracy.ContainsKey)
                ? found
                : throw new InvalidDataException($"{folder} holds models of seed {found.Seed} with the teachers "
                    + $"{string.Join(", ", found.TeacherAccuracy.Keys)}; expected seed {seed} and {string.Join(", ", teachers)}.");
        Directory.CreateDirectory(folder);
        var classroom = new Classroom(thread, seed);
        using var student = await classroom.TeachStudentAsync(ct);
        var start = await classroom.Examiner.ExamineAsync(student, ct);
        await KeepAsync(student, Path.Combine(folder, StudentFolder), thread);
        Console.WriteLine($"  student: {start.Accuracy:P1} of the held-out problems");
        var accuracies = new Dictionary<string, double>();
        foreach (var name in teachers)
        {
            using var teacher = await classroom.TeachTeacherAsync(name, ct);
            accuracies[name] = (await classroom.Examiner.ExamineAsync(teacher, ct)).Accuracy;
            await KeepAsync(teacher, Path.Combine(folder, TeacherFolder(name)), thread);
            Console.WriteLine($"  {name} teacher: {accuracies[name]:P1}");
        }
        var report = new PreparedReport
        {
            Seed = seed, StartAccuracy = start.Accuracy, StartAnswerTokens = start.MeanLength, TeacherAccuracy = accuracies,
        };
        report.Save(folder);
        return report;
    }

    /// <summary>Writes a model with its tokenizer as a Hugging Face directory.</summary>
    public static Task KeepAsync(CausalLM model, string folder, TorchThread thread) => thread.RunAsync(() =>
    {
        model.SavePretrained(folder);
        Models.Tokenizer.Save(folder);
    });

    /// <summary>The student as it was before post-training.</summary>
    public static CausalLM LoadStudent(string folder) => CausalLM.FromPretrained(Path.Combine(folder, StudentFolder));

    /// <summary>A teacher, which is only asked: half as many bits are faster and say the same.</summary>
    public static CausalLM LoadTeacher(string folder, string name) => CausalLM.FromPretrained(Path.Combine(folder, TeacherFolder(name)), ScalarType.BFloat16);

    private static string TeacherFolder(string name) => $"teacher-{name}";
}
