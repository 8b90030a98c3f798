using static TorchSharp.torch;

namespace KdRl.Tests;

[Collection("torch")]
public class SmokeTests
{
    [Fact]
    public void Torch_Loads() { using var t = ones(2); Assert.Equal(2, t.sum().item<float>()); }
}
