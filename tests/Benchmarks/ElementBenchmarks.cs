using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using BenchmarkDotNet.Attributes;
using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Benchmarks;

/// <summary>2^x of 4,096 numbers in the L1 cache on one thread, beside the one of System.Numerics.Tensors; e^x and AdamW over 4 million numbers on all threads.</summary>
public class ElementBenchmarks : IDisposable
{
    private const int Many = 1 << 22;

    private readonly float[] _x = new float[4096], _y = new float[4096];
    private Tensor _large;
    private Parameter _weights = null!;
    private AdamW? _optimizer;

    [GlobalSetup]
    public void Setup()
    {
        for (var i = 0; i < _x.Length; i++) _x[i] = -20 * (float)new Philox(1).Uniform((ulong)i);
        _large = Inputs.Uniform(Many);
        _weights = Inputs.Parameter(Many);
        using (var scope = Scope.Enter())
        using (var tape = Tape.Start())
            tape.Backward(Scale.Apply(_weights.Value, 2), _large);
        _optimizer = new AdamW([_weights], 1e-4);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _optimizer?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public void Exp2()
    {
        if (Vector512.IsHardwareAccelerated) Exp2<Vector512<float>, Lanes512<float>>();
        else if (Vector256.IsHardwareAccelerated) Exp2<Vector256<float>, Lanes256<float>>();
        else Exp2<Vector128<float>, Lanes128<float>>();
    }

    [Benchmark]
    public void Exp2OfTheTensorLibrary() => System.Numerics.Tensors.TensorPrimitives.Exp2(_x, _y);

    [Benchmark]
    public void Exp()
    {
        using var scope = Scope.Enter();
        Unary.Exp(_large);
    }

    [Benchmark]
    public void AdamWStep() => _optimizer!.Step();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void Exp2<V, L>() where V : struct where L : struct, ILanes<float, V>
    {
        fixed (float* x = _x, y = _y)
            for (var i = 0; i < _x.Length; i += L.Count) L.Store(y + i, Exp2<float, V, L>.Of(L.Load(x + i)));
    }
}
