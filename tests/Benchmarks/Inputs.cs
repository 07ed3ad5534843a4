using SiaEngine.Cpu;

namespace SiaEngine.Benchmarks;

/// <summary>Makes tensors of random numbers that live until the process ends.</summary>
internal static class Inputs
{
    /// <summary>The CPU.</summary>
    public static CpuDevice Cpu { get; } = new();

    /// <summary>Numbers in [-1, 1).</summary>
    public static Tensor Uniform(params ReadOnlySpan<int> sizes)
    {
        var tensor = Tensor.Persistent(Shape.Create(sizes), DType.F32, Cpu);
        Fill(tensor);
        return tensor;
    }

    /// <summary>The same as a parameter, so that an op has a gradient to compute.</summary>
    public static Parameter Parameter(params ReadOnlySpan<int> sizes)
    {
        var parameter = new Parameter("x", Shape.Create(sizes), DType.F32, Cpu);
        Fill(parameter.Value);
        return parameter;
    }

    /// <summary>Whole numbers below <paramref name="limit"/>.</summary>
    public static Tensor Ids(int count, int limit)
    {
        var tensor = Tensor.Persistent([count], DType.I32, Cpu);
        var random = new Philox(1, 2);
        var values = tensor.Span<int>();
        for (var i = 0; i < values.Length; i++) values[i] = (int)random.Below((ulong)i, limit);
        return tensor;
    }

    private static void Fill(Tensor tensor)
    {
        var random = new Philox(1);
        var values = tensor.Span<float>();
        for (var i = 0; i < values.Length; i++) values[i] = (float)(2 * random.Uniform((ulong)i) - 1);
    }
}
