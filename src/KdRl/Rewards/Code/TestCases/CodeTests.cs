namespace KdRl.Rewards.Code;

/// <summary>What an answer's code has to do: <see cref="ProgramTests"/>, <see cref="FunctionTests"/> or <see cref="AssertTests"/>.</summary>
/// <remarks>
/// What is expected never enters the sandbox of the answer. As JSON (<see cref="Parse"/>):
/// <code>
/// {"cases": [{"input": "1 2\n", "output": "3\n"}]}
/// {"function": "add", "cases": [{"args": [1, 2], "result": 3}]}
/// {"assert": "assert add(1, 2) == 3", "names": ["add"]}
/// </code>
/// each with <c>"language"</c> and <c>"prefix"</c> if wanted.
/// </remarks>
public abstract record CodeTests
{
    private protected CodeTests()
    {
    }

    /// <summary>Name of the language, as in <see cref="ICodeLanguage.Name"/>.</summary>
    /// <value>The default value is python.</value>
    public string Language { get; init; } = "python";

    /// <summary>Code that is put before the answer's, such as imports that the prompt promises. Left out: none.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Reads tests from JSON.</summary>
    /// <exception cref="FormatException">It is not JSON, or not of the form that <see cref="CodeTests"/> shows; the message says where.</exception>
    public static CodeTests Parse(string json) => CodeTestsReader.Read(json);
}
