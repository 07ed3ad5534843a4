using BenchmarkDotNet.Attributes;
using SiaEngine.Ops;

namespace SiaEngine.Benchmarks;

/// <summary>The ops between the products, forward and backward, on 2,048 tokens of width 384 and 8,192 logits.</summary>
public class RowBenchmarks
{
    private const int Rows = 2048, Width = 384, Vocabulary = 8192;

    private Parameter _x = null!, _qkv = null!, _gain = null!, _table = null!, _logits = null!;
    private Tensor _dy, _dqkv, _dlosses, _ids, _frequencies;

    [GlobalSetup]
    public void Setup()
    {
        (_x, _qkv, _gain) = (Inputs.Parameter(Rows, Width), Inputs.Parameter(1, Rows, 3 * Width), Inputs.Parameter(Width));
        (_table, _logits) = (Inputs.Parameter(Vocabulary, Width), Inputs.Parameter(Rows, Vocabulary));
        (_dy, _dqkv, _dlosses) = (Inputs.Uniform(Rows, Width), Inputs.Uniform(1, Rows, 3 * Width), Inputs.Uniform(Rows));
        (_ids, _frequencies) = (Inputs.Ids(Rows, Vocabulary), Inputs.Uniform(32));
    }

    [Benchmark]
    public void RmsNormBothWays() => Step(_x, static b => RmsNorm.Apply(b._x.Value, b._gain.Value), _dy);

    [Benchmark]
    public void RotaryBothWays() => Step(_qkv, static b => PRope.Apply(b._qkv.Value, b._frequencies, Width / 64), _dqkv);

    [Benchmark]
    public void CrossEntropyBothWays() => Step(_logits, static b => CrossEntropy.Apply(b._logits.Value, b._ids), _dlosses);

    [Benchmark]
    public void EmbeddingBothWays() => Step(_table, static b => Embedding.Apply(b._table.Value, b._ids), _dy);

    private void Step(Parameter x, Func<RowBenchmarks, Tensor> op, Tensor dy)
    {
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        x.ClearGradient();
        tape.Backward(op(this), dy);
    }
}
