using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Ops;

[Collection(nameof(Threads))]
public class ReduceTests
{
    [Theory, InlineData(DType.F32, 3e-6), InlineData(DType.F64, 1e-14)]
    public void Rows_and_columns_of_every_length_between_guards(DType dtype, double tolerance)
    {
        using var cpu = new CpuDevice();
        using var memory = new GuardedMemory(256 * sizeof(double));
        EveryLength.Run(cpu, dtype, 1, (t, n) =>
        {
            if (n == 0) return;
            var x = GradientContext.Read(t[0]);
            // One row of n, and n columns of one, two or three.
            Close.To([x.Sum()], Reduce.Sum(t[0], 0), tolerance, "sum");
            Close.To([x.Average()], Reduce.Mean(t[0], -1), tolerance, "mean");
            Assert.Equal([x.Max()], GradientContext.Read(Reduce.Max(t[0], 0, keepAxis: true)));
            foreach (var k in (int[])[1, 2, 3])
            {
                if (n % k != 0) continue;
                var (view, columns) = (t[0].As([k, n / k]), n / k);
                var y = memory.Tensor([columns], dtype, cpu);
                cpu.Kernels<Reduce.IKernels>().Forward(ReduceFunction.Sum, view, 0, new(y, 0));
                var sums = Enumerable.Range(0, columns).Select(c => Enumerable.Range(0, k).Sum(r => x[r * columns + c])).ToArray();
                Close.To(sums, y, tolerance, "column sums");
                cpu.Kernels<Reduce.IKernels>().Forward(ReduceFunction.Sum, view, 0, new(y, 1));
                Close.To(Array.ConvertAll(sums, s => 2 * s), y, 2 * tolerance, "column sums added");
                var largest = Enumerable.Range(0, columns).Select(c => Enumerable.Range(0, k).Max(r => x[r * columns + c])).ToArray();
                Assert.Equal(largest, GradientContext.Read(Reduce.Max(view, 0)));
            }
        });
    }

    [Fact]
    public void The_axis_disappears_or_stays_with_extent_one()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var x = Tensor.From<float>([1, 2, 3, 4, 5, 6], [1, 3, 2], cpu);
        Assert.Equal<Shape>([1, 2], Reduce.Sum(x, 1).Shape);
        Assert.Equal<Shape>([1, 1, 2], Reduce.Sum(x, 1, keepAxis: true).Shape);
        Assert.Equal<Shape>([1, 3], Reduce.Sum(x, -1).Shape);
        Assert.Equal([9f, 12f], Reduce.Sum(x, 1).ToArray<float>());
        Assert.Equal([3f, 4f], Reduce.Mean(x, 1).ToArray<float>());
        Assert.Equal([2f, 4f, 6f], Reduce.Max(x, 2).ToArray<float>());
    }

    [Fact]
    public void The_gradient_of_a_maximum_goes_to_the_first_of_equals()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var x = Tensor.From<float>([1, 3, 3, 0, 0, -1], [2, 3], cpu).Track();
        var y = Reduce.Max(x, 1);
        tape.Backward(y, Tensor.From<float>([10, 20], [2], cpu));
        Assert.Equal([0f, 10f, 0f, 20f, 0f, 0f], x.Gradient!.Value.ToArray<float>());
    }

    [Fact]
    public void Refuses_what_it_cannot_reduce()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var x = Tensor.Zeros([2, 0], DType.F32, cpu);
        Assert.Equal("reduce: axis 2 does not exist; got x [2, 0] f32.", Assert.Throws<ShapeException>(() => Reduce.Sum(x, 2)).Message);
        Assert.Equal("reduce: the maximum needs an element; got x [2, 0] f32.", Assert.Throws<ShapeException>(() => Reduce.Max(x, 1)).Message);
        Assert.Equal([0f, 0f], Reduce.Sum(x, 1).ToArray<float>());
    }

    [Fact]
    public void Does_not_depend_on_the_number_of_threads() => Threads.GiveTheSameBits(static () =>
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var x = GradientContext.Make(GradientCheck.Normals(40 * 30 * 70, 8, 0), [40, 30, 70], DType.F32, cpu);
        return [.. GradientContext.Read(Reduce.Sum(x, 0)), .. GradientContext.Read(Reduce.Mean(x, 1)), .. GradientContext.Read(Reduce.Sum(x, 2))];
    });
}
