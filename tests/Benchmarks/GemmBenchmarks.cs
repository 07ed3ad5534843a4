using BenchmarkDotNet.Attributes;
using SiaEngine.Ops;

namespace SiaEngine.Benchmarks;

/// <summary>C = op(A) op(B): a block that stays in the L1 cache, one for L2, and the shapes of a small model's layers.</summary>
public class GemmBenchmarks
{
    private Tensor _a, _b, _c;
    private bool _tn, _nt;

    [Params("64 64 64 nn", "256 256 256 nn", "256 256 256 nt", "256 256 256 tn", "2048 384 128 nt", "128 512 2048 tn", "1 2304 768 nt")]
    public string Shape { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        var parts = Shape.Split(' ');
        var (m, n, k) = (int.Parse(parts[0]), int.Parse(parts[1]), int.Parse(parts[2]));
        (_tn, _nt) = (parts[3] == "tn", parts[3] == "nt");
        _a = _tn ? Inputs.Uniform(k, m) : Inputs.Uniform(m, k);
        _b = _nt ? Inputs.Uniform(n, k) : Inputs.Uniform(k, n);
        _c = Inputs.Uniform(m, n);
    }

    [Benchmark]
    public void Product() => Inputs.Cpu.Kernels<MatMul.IKernels>().Run(_a, _b, _c, _tn, _nt, 1, 0);
}
