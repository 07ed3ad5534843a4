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

    /// <summary>Results with tensors that begin at multiples of 16 bytes, and one element behind them.</summary>
    private static void Same(Func<int, Tensor[]> run)
    {
        var (vectors, again, elements) = (run(0), run(0), run(1));
        for (var i = 0; i < vectors.Length; i++)
        {
            var (x, y) = (GradientContext.Read(vectors[i]), GradientContext.Read(elements[i]));
            Assert.Equal(x, GradientContext.Read(again[i]));
            var bound = (vectors[i].DType == DType.F32 ? 1e-5 : 1.0 / 128) * y.Max(Math.Abs);
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
