using static TorchSharp.torch;

namespace KdRl.Transformers.Tests.Models;

[Collection("torch")]
public class CausalLMTests
{
    private static readonly TransformerConfig Small = new()
    {
        HiddenSize = 32, IntermediateSize = 48, Layers = 2, AttentionHeads = 4, KeyValueHeads = 2, VocabularySize = 11, TieWordEmbeddings = true, InitializerRange = 0.2,
    };

    public static TheoryData<TransformerConfig> Shapes() =>
    [
        Small,
        Small with { KeyValueHeads = null, Layers = 1 },
        Small with { KeyValueHeads = 1, TieWordEmbeddings = false },
        Small with { HeadSize = 10, AttentionHeads = 3, KeyValueHeads = 1, HiddenSize = 20, RopeTheta = 500 },
        Small with { AttentionBias = true, MlpBias = true, RmsNormEpsilon = 1e-3 },
    ];

    private static CausalLM Noisy(TransformerConfig config) => TestModels.Noisy(config);

    private static Tensor Positions(long rows, long length) => TestModels.Positions(rows, length);

    [Theory]
    [MemberData(nameof(Shapes), DisableDiscoveryEnumeration = true)]
    public void Hidden_AnyShape_AgreesWithPlainLoops(TransformerConfig config)
    {
        using var model = Noisy(config);
        TestModels.AgreesWithPlainLoops(model, [3, 1, 4, 1, 5, 9, 2, 6, 10]);
    }

    [Fact]
    public void Hidden_LeftPadding_ChangesNothing()
    {
        using var scope = NewDisposeScope();
        using var model = Noisy(Small);
        var ids = tensor(new long[] { 3, 1, 4, 1, 5 }).unsqueeze(0);
        var plain = model.Hidden(ids, Positions(1, 5), null);
        var padded = model.Hidden(nn.functional.pad(ids, [3, 0], value: 7), nn.functional.pad(Positions(1, 5), [3, 0]),
            nn.functional.pad(ones(1, 5, dtype: ScalarType.Bool), [3, 0]));
        Assert.True((plain - padded.narrow(1, 3, 5)).abs().max().item<float>() < 1e-5);
        Assert.True(padded.isfinite().all().item<bool>());
    }

    [Theory]
    [MemberData(nameof(Shapes), DisableDiscoveryEnumeration = true)]
    public void Hidden_Gradients_AgreeWithFiniteDifferences(TransformerConfig config)
    {
        using var model = Noisy(config);
        TestModels.GradientsAgreeWithDifferences(model);
    }

    [Fact]
    public void Create_SameSeed_SameWeights()
    {
        using var scope = NewDisposeScope();
        using CausalLM a = CausalLM.Create(Small, 7), b = CausalLM.Create(Small, 7), c = CausalLM.Create(Small, 8);
        Assert.All(a.parameters().Zip(b.parameters()), pair => Assert.True(pair.First.data<float>().SequenceEqual(pair.Second.data<float>())));
        Assert.False(a.OutputWeight.data<float>().SequenceEqual(c.OutputWeight.data<float>()));
    }

    [Fact]
    public void Create_InsideAScope_OutlivesIt()
    {
        CausalLM model;
        using (NewDisposeScope()) model = CausalLM.Create(Small, 1);
        using (model)
        {
            using var scope = NewDisposeScope();
            Assert.All(model.parameters(), p => Assert.False(p.IsInvalid));
            Assert.Equal([1, 3, 32], model.Hidden(tensor(new long[,] { { 1, 2, 3 } }), Positions(1, 3), null).shape);
        }
    }

    [Fact]
    public void Hidden_TrainingSteps_KeepTheLiveTensorCount()
    {
        using var model = Noisy(Small);
        void Step()
        {
            using var scope = NewDisposeScope();
            model.Hidden(ones(2, 5, dtype: ScalarType.Int64), Positions(2, 5), null).sum().backward();
        }
        Step();
        var before = Tensor.TotalCount;
        for (var i = 0; i < 20; i++) Step();
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void NamedParameters_TiedHead_IsOneParameter()
    {
        using var tied = CausalLM.Create(Small, 1);
        using var untied = CausalLM.Create(Small with { TieWordEmbeddings = false }, 1);
        Assert.Equal(tied.named_parameters().Count() + 1, untied.named_parameters().Count());
        Assert.Contains(tied.parameters(), p => ReferenceEquals(p, tied.OutputWeight));
    }

    [Fact]
    public void Hidden_BadArguments_AreRefusedByName()
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Create(Small, 1);
        var ids = ones(2, 3, dtype: ScalarType.Int64);
        Assert.Equal("ids", Assert.Throws<ArgumentException>(() => model.Hidden(ids.to(ScalarType.Int32), Positions(2, 3), null)).ParamName);
        Assert.Equal("positions", Assert.Throws<ArgumentException>(() => model.Hidden(ids, Positions(2, 4), null)).ParamName);
        Assert.Equal("attention", Assert.Throws<ArgumentException>(() => model.Hidden(ids, Positions(2, 3), ids)).ParamName);
    }

    public static TheoryData<TransformerConfig, string> BadConfigs() => new()
    {
        { Small with { HiddenSize = 0 }, "hidden_size" },
        { Small with { KeyValueHeads = 3 }, "num_key_value_heads" },
        { Small with { HeadSize = 7 }, "head_dim" },
        { Small with { HiddenSize = 30 }, "hidden_size" },
        { Small with { RmsNormEpsilon = double.NaN }, "rms_norm_eps" },
        { Small with { EosTokenIds = [11] }, "eos_token_id" },
        { Small with { DataType = ScalarType.Int64 }, "torch_dtype" },
    };

    [Theory]
    [MemberData(nameof(BadConfigs), DisableDiscoveryEnumeration = true)]
    public void Create_BadConfiguration_IsRefusedByName(TransformerConfig config, string name) =>
        Assert.Contains(name, Assert.Throws<ArgumentException>(() => CausalLM.Create(config, 1)).Message, StringComparison.Ordinal);
}
