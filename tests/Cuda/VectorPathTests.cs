using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Cuda;

/// <summary>Kernels of rows give the same whether they move 16 bytes or single elements at a time, which is decided by where tensors begin and how long rows are.</summary>
public sealed class VectorPathTests : IDisposable
{
    private readonly CudaDevice _sim = SimulatedDevice.Create();
    private readonly Scope _scope = Scope.Enter();

    public static TheoryData<int, int, DType> Rows =>
        [.. from shape in new[] { (3, 8), (9, 64), (2, 768), (1, 1024), (3, 1032), (1, 2048), (2, 3000) } from dtype in new[] { DType.F32, DType.BF16 } select (shape.Item1, shape.Item2, dtype)];

    public static TheoryData<int, int, bool, DType> Heads =>
        [.. from heads in new[] { 1, 3, 12 } from half in new[] { 8, 16, 32, 64, 128 } from normalize in new[] { false, true } from dtype in new[] { DType.F32, DType.BF16 } select (heads, half, normalize, dtype)];

    public void Dispose()
    {
        _scope.Dispose();
        _sim.Dispose();
    }

    [Theory, MemberData(nameof(Rows))]
    public void Norms(int rows, int columns, DType dtype)
    {
        var kernels = _sim.Kernels<RmsNorm.IKernels>();
        var (x, dy, weight, old) = (Make([rows, columns], dtype, 1), Make([rows, columns], dtype, 2), Make([columns], dtype, 3), Make([rows, columns], dtype, 4));
        foreach (var gain in (bool[])[false, true])
            foreach (var beta in (float[])[0, 1])
                Same(by =>
                {
                    Tensor? w = gain ? Moved(weight, by) : null;
                    var (y, rstd, dx) = (Moved(x, by), Tensor.Empty([rows], DType.F32, _sim), Moved(old, by));
                    kernels.Forward(Moved(x, by), w, y, rstd, 1e-6f);
                    kernels.Backward(Moved(dy, by), gain ? Moved(x, by) : y, w, rstd, new(dx, beta), null);
                    return [y, rstd, dx];
                });
    }

    /// <summary>Heads of one lane and of a whole warp, a block that ends in the middle of a warp.</summary>
    [Theory, MemberData(nameof(Heads))]
    public void Rotations(int heads, int half, bool normalize, DType dtype)
    {
        var kernels = _sim.Kernels<PRope.IKernels>();
        Shape shape = [1, 2, 6 * heads * half];
        var (x, dy, old, frequencies) = (Make(shape, dtype, 1), Make(shape, dtype, 2), Make(shape, dtype, 3), Make([half], DType.F32, 4));
        foreach (var beta in (float[])[0, 1])
            Same(by =>
            {
                var (y, dx) = (Moved(x, by), Moved(old, by));
                Tensor? rstd = normalize ? Tensor.Empty([1, 2, 2 * heads], DType.F32, _sim) : null;
                kernels.Forward(Moved(x, by), frequencies, heads, 5, y, rstd, 1e-6f);
                kernels.Backward(Moved(dy, by), y, frequencies, heads, 5, rstd, new(dx, beta));
                return rstd is { } scales ? [y, scales, dx] : [y, dx];
            });
    }

    /// <summary>Which element is added when does not depend on where a tensor begins: the sums have the same bits.</summary>
    [Theory, InlineData(1), InlineData(1030), InlineData(4099), InlineData(40_000)]
    public void Sums_of_squares(int count)
    {
        foreach (var dtype in (DType[])[DType.F32, DType.BF16])
        {
            var x = Make([count], dtype, 1);
            Same(by =>
            {
                var sum = Tensor.Empty([1], DType.F64, _sim);
                _sim.Kernels<GradientNorm.IKernels>().SumOfSquares(Moved(x, by), new(sum, 0));
                return [sum];
            }, exactly: true);
        }

        var (gradient, buffer) = (Make([count], DType.F32, 2), Make([count], DType.F32, 3));
        Same(by =>
        {
            var (moved, direction) = (Moved(buffer, by), Moved(gradient, by));
            _sim.Kernels<Muon.IKernels>().Direction(Moved(gradient, by), moved, direction, 0.9, 0.5);
            return [moved, direction];
        }, exactly: true);
    }

    [Theory, InlineData(8), InlineData(1000), InlineData(4104), InlineData(9000)]
    public void Losses_and_embeddings(int columns)
    {
        foreach (var dtype in (DType[])[DType.F32, DType.BF16])
        {
            var x = Make([3, columns], dtype, 1);
            var (targets, ids) = (Tensor.From<int>([1, columns - 1, CrossEntropy.Ignored], [3], _sim), Tensor.From<int>([2, 0, 2, 1], [4], _sim));
            Same(by =>
            {
                var (losses, logsumexp) = (Tensor.Empty([3], DType.F32, _sim), Tensor.Empty([3], DType.F32, _sim));
                _sim.Kernels<CrossEntropy.IKernels>().Forward(Moved(x, by), targets, losses, logsumexp);
                return [losses, logsumexp];
            });
            foreach (var beta in (float[])[0, 1])
                Same(by =>
                {
                    var (dx, logsumexp) = (Moved(x, by), Tensor.From<float>([3, 4, 0], [3], _sim));
                    _sim.Kernels<CrossEntropy.IKernels>().Backward(Tensor.From<float>([1, -2, 5], [3], _sim), Moved(x, by), targets, logsumexp, new(dx, beta));
                    return [dx];
                }, exactly: true);
            Same(by =>
            {
                var y = Tensor.Empty([4, columns], dtype, _sim);
                _sim.Kernels<Embedding.IKernels>().Forward(Moved(x, by), ids, y);
                return [y];
            }, exactly: true);
        }
    }

    /// <summary>Results with tensors that begin at multiples of 16 bytes, and one element behind them.</summary>
    private static void Same(Func<int, Tensor[]> run, bool exactly = false)
    {
        var (vectors, again, elements) = (run(0), run(0), run(1));
        for (var i = 0; i < vectors.Length; i++)
        {
            var (x, y) = (GradientContext.Read(vectors[i]), GradientContext.Read(elements[i]));
            Assert.Equal(x, GradientContext.Read(again[i]));
            var bound = exactly ? 0 : (vectors[i].DType == DType.F32 ? 1e-5 : 1.0 / 128) * y.Max(Math.Abs);
            for (var at = 0; at < x.Length; at++) Assert.True(Math.Abs(x[at] - y[at]) <= bound, $"result {i}, element {at}: {x[at]:R} by vectors, {y[at]:R} by elements");
        }
    }

    private Tensor Make(Shape shape, DType dtype, ulong stream) => GradientContext.Make(GradientCheck.Normals((int)shape.Count, 9, stream), shape, dtype, _sim);

    private Tensor Moved(Tensor x, int by)
    {
        var moved = Tensor.Empty([(int)x.Count + by, 1], x.DType, _sim).Rows(by, (int)x.Count).As(x.Shape);
        moved.CopyFrom(x);
        return moved;
    }
}
