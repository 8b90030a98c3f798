using KdRl.Tensors;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace KdRl.Training.Optimization;

/// <summary>One trainable weight, under every name by which the module knows it.</summary>
internal sealed record ParameterSlot(string Name, Parameter[] Aliases)
{
    public Parameter Parameter => Aliases[0];

    /// <summary>
    /// The trainable parameters, each once: a weight tied to another (the head to the embedding) is found by writing through
    /// one and reading through the other, since the module hands out two wrappers.
    /// </summary>
    public static IReadOnlyList<ParameterSlot> Of(nn.Module module)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var slots = new List<ParameterSlot>();
        foreach (var (name, parameter) in module.named_parameters().Where(p => p.parameter.requires_grad))
        {
            if (!parameter.is_floating_point() || parameter.device_type == DeviceType.META)
                throw new ArgumentException($"parameter '{name}' is {parameter.dtype} on {parameter.device}; expected a floating-point parameter with data", nameof(module));
            var tied = slots.FindIndex(slot => ShareMemory(slot.Parameter, parameter));
            if (tied < 0) slots.Add(new ParameterSlot(name, [parameter]));
            else slots[tied] = slots[tied] with { Aliases = [.. slots[tied].Aliases, parameter] };
        }
        return slots;
    }

    private static bool ShareMemory(Parameter first, Parameter second)
    {
        if (ReferenceEquals(first, second)) return true;
        if (first.dtype != second.dtype || first.device_type != second.device_type || !first.shape.AsSpan().SequenceEqual(second.shape) || first.numel() == 0)
            return false;
        using var scope = NewDisposeScope();
        var (here, there) = (FirstElement(first), FirstElement(second));
        if (!Same(here, there)) return false;
        var before = here.clone();
        here.fill_(before.eq(Scalars.One).item<bool>() ? Scalars.Two : Scalars.One);
        var shared = Same(here, there);
        here.copy_(before);
        return shared;
    }

    private static Tensor FirstElement(Tensor tensor)
    {
        for (var cell = tensor; ; cell = cell.select(0, 0))
            if (cell.dim() == 0) return cell;
    }

    private static bool Same(Tensor a, Tensor b) => a.eq(b).logical_or(a.isnan().logical_and(b.isnan())).item<bool>();
}
