using FsCheck.Xunit;
using KdRl.Rewards.Code;

namespace KdRl.Tests.Rewards.Code;

public sealed class CodeBlockTests
{
    private static readonly string[] Tags = ["python", "py"];

    [Theory]
    [InlineData("```python\na\n```", "a\n")]
    [InlineData("text\n```py\na\nb\n```\ntext", "a\nb\n")]
    [InlineData("```python\na\n```\n```python\nb\n```", "b\n")] // the last one
    [InlineData("```python\na\n```\n```\noutput\n```", "a\n")] // tagged before untagged
    [InlineData("```\na\n```", "a\n")]
    [InlineData("```Python title=x\na\n```", "a\n")]
    [InlineData("  ```python\na\n  ```", "a\n")]
    [InlineData("~~~python\na\n```\nb\n~~~", "a\n```\nb\n")]
    [InlineData("````python\na\n```\nb\n````", "a\n```\nb\n")]
    [InlineData("```python\na\n`````", "a\n")]
    [InlineData("```python\r\na\r\n```\r\n", "a\r\n")]
    [InlineData("<think>\n```python\nno\n```\n</think>\n```python\nyes\n```", "yes\n")]
    [InlineData("```python\n```", "")]
    [InlineData("a ```python b``` c\n```py\nx\n```", "x\n")]
    public void Extract_Answer_GivesTheLastBlockOfTheLanguage(string response, string expected) => Assert.Equal(expected, CodeBlock.Extract(response, Tags));

    [Theory]
    [InlineData("")]
    [InlineData("print(1)")]
    [InlineData("```python\na")] // cut off
    [InlineData("```python\na\n``")]
    [InlineData("```cpp\na\n```")]
    [InlineData("<think>```python\na\n```")]
    [InlineData("<think>\n```python\na\n```\n</think>\nno code")]
    [InlineData("</think>x<think>\n```python\na\n```")]
    [InlineData("``python\na\n``")]
    [InlineData("```python```")]
    public void Extract_NoClosedBlockOfTheLanguage_GivesNull(string response) => Assert.Null(CodeBlock.Extract(response, Tags));

    [Property(MaxTest = 500)]
    public bool Extract_AnyCode_ComesBackAsItWas(string? text)
    {
        var code = (text ?? "").Replace("\r", "", StringComparison.Ordinal) + "\n";
        var fence = new string('~', 3 + code.Count(c => c == '~'));

        return code.Contains("<think>", StringComparison.Ordinal) || CodeBlock.Extract($"{fence}python\n{code}{fence}", Tags) == code;
    }

    [Property(MaxTest = 500)]
    public void Extract_AnyText_DoesNotThrow(string? text) => CodeBlock.Extract($"```python\n{text}", Tags);
}
