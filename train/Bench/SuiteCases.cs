using SiaEngine.Train.Commands;

namespace SiaEngine.Train.Bench;

/// <summary>The cases that are timed beside the libtorch peer, with what is asked of each.</summary>
internal static class SuiteCases
{
    /// <summary>Names of the sections, in order; the choice of <c>--only</c>.</summary>
    public static readonly string[] Sections = ["gemm", "attention", "train-step", "generate"];

    /// <summary>Least geometric mean of the products' ratios.</summary>
    public const double GemmMean = 1.10;

    /// <summary>Least geometric mean of the products' ratios to OpenBLAS.</summary>
    public const double BlasMean = 0.98;

    /// <summary>Most of the peer's peak memory that a training step may take.</summary>
    public const double Memory = 0.8;

    /// <summary>The peer's ways to run a training step; all but the first are scale-invariant.</summary>
    public static readonly string[] Variants = ["rope-sdpa", "prope-sia", "prope-sia-blocked"];

    private static readonly string[] Gemms =
    [
        "1024 1024 1024 nn", "1024 1024 1024 nt", "1024 1024 1024 tn", "2048 2048 2048 nn", "4096 768 768 nt", "4096 768 3072 nt", "4096 3072 768 nt", "4096 3072 768 nn", "768 3072 4096 tn",
        "1024 50304 768 nt", "1024 768 50304 nn", "2048 384 128 nt", "2048 128 512 nt", "128 512 2048 tn",
    ];

    /// <summary>The cases of some sections, on all threads and then the kernels on one.</summary>
    /// <param name="only">Section, or null for all.</param>
    /// <param name="threads">All threads.</param>
    /// <param name="quick">Only what takes seconds.</param>
    /// <param name="blas">Library to time products beside, too.</param>
    /// <param name="allocators">Ways to run the peer's training step: "" for its own allocator.</param>
    public static IEnumerable<SuiteCase> All(string? only, int threads, bool quick, string? blas, IReadOnlyList<string> allocators)
    {
        foreach (var count in threads > 1 ? [threads, 1] : (int[])[1])
        {
            if (only is null or "gemm")
            {
                foreach (var item in Products(count, quick, null)) yield return item;
                if (blas is not null)
                    foreach (var item in Products(count, quick, blas)) yield return item;
            }

            if (only is null or "attention")
                foreach (var item in Attention(count, quick, all: count == threads)) yield return item;
            if (count != threads) continue;
            if (only is null or "train-step")
                foreach (var item in Steps(count, quick, allocators)) yield return item;
            if (!quick && only is null or "generate")
                yield return new("generate", "generate gpt2-124m", count, "generate gpt2-124m", "generate gpt2-124m --variant rope-sdpa", new(1, 2, 0, 3), 1.6) { Work = 200e9 };
        }
    }

    private static IEnumerable<SuiteCase> Products(int threads, bool quick, string? blas)
    {
        foreach (var gemm in quick ? Gemms.Take(3) : Gemms)
        {
            var (sizes, kind) = (gemm[..^3], gemm[^2..]);
            var work = sizes.Split(' ').Aggregate(2.0, static (product, size) => product * int.Parse(size));
            var arguments = $"gemm {sizes} --trans {kind}";
            var timing = quick ? new SuiteTiming(2, 5, 100, 3) : work > 2e10 ? new(1, 3, 300, 3) : new(3, 5, 300, threads > 1 ? 5 : 3);
            yield return blas is null ? new("gemm", $"gemm {gemm}", threads, arguments, arguments, timing, 0.95) { Work = work }
                : new("gemm beside OpenBLAS", $"gemm {gemm} beside OpenBLAS", threads, arguments, arguments, timing) { Work = work, Blas = blas };
        }
    }

    // Heads are independent of one another, so long contexts need few of them.
    private static IEnumerable<SuiteCase> Attention(int threads, bool quick, bool all)
    {
        var (brief, medium, lengthy) = (new SuiteTiming(2, 5, 500, quick ? 3 : 7), new SuiteTiming(1, 3, 0, 3), new SuiteTiming(0, 2, 0, 2));
        yield return Case("12 1024 64", "sdpa", true, brief, 1.4);
        if (quick) yield break;
        yield return Case("6 1024 128", "sdpa", true, brief with { Pairs = 5 }, 1.4);
        if (!all) yield break;
        yield return Case("12 4096 64", "sdpa", true, medium, 1.4);
        yield return Case("12 4096 64", "sia-blocked", true, medium with { Pairs = 2 }, 1.7);
        yield return Case("12 4096 64", "sia", true, lengthy, 7);
        yield return Case("6 4096 128", "sdpa", true, medium, 1.4);
        yield return Case("4 16384 64", "sdpa", false, medium, 1.3);
        yield return Case("1 65536 64", "sdpa", false, lengthy, 1.3);

        SuiteCase Case(string shape, string variant, bool backward, SuiteTiming timing, double target)
        {
            var sizes = Array.ConvertAll(shape.Split(' '), double.Parse);
            var (heads, length, dim) = (sizes[0], sizes[1], sizes[2]);
            var arguments = $"attention 1 {shape} --backward {(backward ? 1 : 0)}";
            return new("attention", $"attention 1 {shape} {(backward ? "forward + backward" : "forward")}{(variant == "sdpa" ? "" : $", peer {variant}")}", threads, arguments, $"{arguments} --variant {variant}", timing, target)
            {
                Work = 2 * heads * length * length * dim * (backward ? 3 : 1),
            };
        }
    }

    private static IEnumerable<SuiteCase> Steps(int threads, bool quick, IReadOnlyList<string> allocators)
    {
        foreach (var (name, least, leastScaleInvariant) in ((string, double, double)[])[("tiny", 1.4, 0), ("small", 1.25, 0), ("gpt2-124m", 1.1, 1.35)])
        {
            var shape = BenchShape.Find(name);
            var work = shape.Work;
            var (look, pair) = name == "gpt2-124m" ? (new SuiteTiming(0, 5, 0, 1), new SuiteTiming(0, 3, 0, 2)) : (new SuiteTiming(1, 5, 0, 1), new SuiteTiming(1, 5, 500, quick ? 2 : name == "tiny" ? 5 : 3));
            foreach (var variant in Variants)
                foreach (var allocator in allocators)
                    yield return new("train-step", $"train-step {name}, peer {variant}{(allocator.Length == 0 ? "" : $" with {allocator}")} alone", threads, "", $"train-step {name} --variant {variant}", look, Role: PeerRole.Look) { Work = work };
            yield return new("train-step", $"train-step {name}, its fastest variant", threads, $"train-step {name}", $"train-step {name}", pair, least, PeerRole.Best) { Work = work };
            yield return new("train-step", $"train-step {name}, its fastest scale-invariant variant", threads, $"train-step {name}", $"train-step {name}", pair, leastScaleInvariant, PeerRole.BestScaleInvariant) { Work = work };
            if (quick) yield break;
        }
    }
}
