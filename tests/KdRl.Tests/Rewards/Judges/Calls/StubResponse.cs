using System.ClientModel.Primitives;
using System.Diagnostics.CodeAnalysis;

namespace KdRl.Tests.Rewards.Judges.Calls;

/// <summary>A server's refusal as client libraries report it.</summary>
internal sealed class StubResponse(int status, (string Name, string Value)[] headers) : PipelineResponse
{
    public override int Status => status;

    public override string ReasonPhrase => "stub";

    public override Stream? ContentStream { get; set; } = new MemoryStream();

    public override BinaryData Content { get; } = BinaryData.FromString("");

    protected override PipelineResponseHeaders HeadersCore => new StubHeaders(headers);

    public override BinaryData BufferContent(CancellationToken cancellationToken = default) => Content;

    public override ValueTask<BinaryData> BufferContentAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(Content);

    public override void Dispose()
    {
        // Nothing is held.
    }

    private sealed class StubHeaders((string Name, string Value)[] headers) : PipelineResponseHeaders
    {
        public override IEnumerator<KeyValuePair<string, string>> GetEnumerator() => headers.Select(h => KeyValuePair.Create(h.Name, h.Value)).GetEnumerator();

        public override bool TryGetValue(string name, [NotNullWhen(true)] out string? value) =>
            (value = headers.FirstOrDefault(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value) is not null;

        public override bool TryGetValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values) =>
            (values = TryGetValue(name, out var value) ? [value] : null) is not null;
    }
}
