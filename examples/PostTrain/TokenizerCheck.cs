using KdRl.Rollouts;
using KdRl.Transformers;

namespace KdRl.Examples.PostTrain;

/// <summary>
/// Makes sure that student and teacher read the same token ids. If they do not, the teacher's log-probs are of other tokens
/// and its advice means nothing, without any error.
/// </summary>
internal static class TokenizerCheck
{
    /// <summary>Compares two tokenizers.</summary>
    /// <param name="student">The student's.</param>
    /// <param name="teacher">The teacher's.</param>
    /// <param name="prompts">Texts that both must cut alike.</param>
    /// <exception cref="ArgumentException">They differ; the message names the first difference.</exception>
    public static void ThrowIfDifferent(Tokenizer student, Tokenizer teacher, IEnumerable<Prompt> prompts)
    {
        if (student.VocabularySize != teacher.VocabularySize)
            throw Different($"the student has {student.VocabularySize} token ids, the teacher {teacher.VocabularySize}");
        for (var id = 0; id < student.VocabularySize; id++)
        {
            var (mine, theirs) = (student.Decode([id], skipSpecialTokens: false), teacher.Decode([id], skipSpecialTokens: false));
            if (mine != theirs) throw Different($"token {id} is '{mine}' to the student and '{theirs}' to the teacher");
        }
        if (student.EosTokenId != teacher.EosTokenId)
            throw Different($"the student ends a text with token {Name(student.EosTokenId)}, the teacher with {Name(teacher.EosTokenId)}");
        foreach (var prompt in prompts)
            foreach (var text in prompt.Messages?.Select(m => m.Content) ?? [prompt.Text!])
                if (!student.Encode(text).SequenceEqual(teacher.Encode(text)))
                    throw Different($"they cut prompt '{prompt.Id}' differently");
    }

    private static string Name(int? token) => token?.ToString() ?? "none";

    private static ArgumentException Different(string what) =>
        new($"The tokenizers of student and teacher differ: {what}. Distillation token by token needs the same tokenizer.");
}
