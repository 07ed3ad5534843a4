using BenchmarkDotNet.Attributes;
using SiaEngine.Model;
using SiaEngine.Ops;

namespace SiaEngine.Benchmarks;

/// <summary>Causal attention with the scale-invariant transform, 4 heads of 64.</summary>
public class AttentionBenchmarks
{
    private const int Heads = 4, Dim = 64;

    private Parameter _qkv = null!;
    private Tensor _dy, _factor, _shift;

    [Params(256, 1024)]
    public int T { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _qkv = Inputs.Parameter(1, T, 3 * Heads * Dim);
        _dy = Inputs.Uniform(1, T, Heads * Dim);
        var config = new GptConfig { Layers = 1, Width = Heads * Dim, Heads = Heads, Vocabulary = 1, Context = T };
        var view = new DistanceTables(config, AttentionMethod.Find("sia"), DType.F32, Inputs.Cpu).For(T);
        (_factor, _shift) = (view.Factor, view.Shift);
    }

    [Benchmark]
    public void Forward()
    {
        using var scope = Scope.Enter();
        Attention.Apply(_qkv.Value, Heads, _factor, _shift);
    }

    [Benchmark]
    public void ForwardAndBackward()
    {
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        _qkv.ClearGradient();
        tape.Backward(Attention.Apply(_qkv.Value, Heads, _factor, _shift), _dy);
    }
}
