using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Ops;

[Collection(nameof(Threads))]
public class RmsNormTests
{
    [Fact]
    public void Rows_have_unit_mean_square()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var y = RmsNorm.Apply(Tensor.From<double>(GradientCheck.Normals(3 * 41, 7, 0), [3, 41], cpu), eps: 0).ToArray<double>();
        for (var r = 0; r < 3; r++) Assert.Equal(1, y.Skip(r * 41).Take(41).Average(v => v * v), 12);
    }

    [Fact]
    public void Refuses_a_gain_of_another_width()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var x = Tensor.Zeros([8, 1024, 768], DType.F32, cpu);
        var weight = Tensor.Zeros([512], DType.F32, cpu);
        var error = Assert.Throws<ShapeException>(() => RmsNorm.Apply(x, weight));
        Assert.Equal("rms_norm: weight must be [C], the last axis of x; got x [8, 1024, 768] f32, weight [512] f32.", error.Message);
    }

    [Theory, InlineData(DType.F32, 3e-6), InlineData(DType.F64, 1e-14)]
    public void Every_width_between_guards(DType dtype, double tolerance)
    {
        using var cpu = new CpuDevice();
        var kernels = cpu.Kernels<RmsNorm.IKernels>();
        EveryLength.Run(cpu, dtype, 3, (t, c) =>
        {
            if (c == 0) return;
            var (x, w, dy) = (GradientContext.Read(t[0]), GradientContext.Read(t[1]), GradientContext.Read(t[2]));
            var r = 1 / Math.Sqrt(x.Sum(v => v * v) / c + 1e-6f);
            var rstd = Tensor.Empty([1], dtype, cpu);
            kernels.Forward(t[0].As([1, c]), t[1], t[3], rstd, 1e-6f);
            Close.To([r], rstd, tolerance, "rstd");
            Close.To(x.Select((v, i) => v * r * w[i]).ToArray(), t[3], tolerance, "y");
            kernels.Forward(t[0].As([1, c]), null, t[3], rstd, 1e-6f);
            Close.To(x.Select(v => v * r).ToArray(), t[3], tolerance, "y without gain");

            var shift = r * r * x.Select((v, i) => v * w[i] * dy[i]).Sum() / c;
            var dx = x.Select((v, i) => r * (w[i] * dy[i] - v * shift)).ToArray();
            foreach (var beta in (float[])[0, 1])
            {
                kernels.Backward(t[2], t[0].As([1, c]), t[1], rstd, new(t[3], beta), null);
                Close.To(Array.ConvertAll(dx, v => (1 + beta) * v), t[3], 4 * tolerance, "dx");
            }

            // Without gain the kernel takes y.
            var y = Tensor.Empty([1, c], dtype, cpu);
            kernels.Forward(t[0].As([1, c]), null, y, rstd, 1e-6f);
            shift = r * r * x.Select((v, i) => v * dy[i]).Sum() / c;
            dx = x.Select((v, i) => r * (dy[i] - v * shift)).ToArray();
            foreach (var beta in (float[])[0, 1])
            {
                kernels.Backward(t[2], y, null, rstd, new(t[3], beta), null);
                Close.To(Array.ConvertAll(dx, v => (1 + beta) * v), t[3], 4 * tolerance, "dx without gain");
            }

            foreach (var beta in (float[])[0, 1])
            {
                kernels.Backward(t[2], t[0].As([1, c]), t[1], rstd, null, new(t[3], beta));
                Close.To(x.Select((v, i) => (1 + beta) * v * dy[i] * r).ToArray(), t[3], 4 * tolerance, "dweight");
            }
        });
    }

    [Fact]
    public void Does_not_depend_on_the_number_of_threads() => Threads.GiveTheSameBits(static () =>
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var x = GradientContext.Make(GradientCheck.Normals(900 * 129, 8, 0), [900, 129], DType.F32, cpu).Track();
        var w = GradientContext.Make(GradientCheck.Normals(129, 8, 1), [129], DType.F32, cpu).Track();
        var y = RmsNorm.Apply(x, w);
        tape.Backward(y, GradientContext.Make(GradientCheck.Normals(900 * 129, 8, 2), [900, 129], DType.F32, cpu));
        return [.. GradientContext.Read(y), .. GradientContext.Read(x.Gradient!.Value), .. GradientContext.Read(w.Gradient!.Value)];
    });

    [Fact]
    public void Scaling_the_input_leaves_the_result()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var x = Tensor.From<double>(GradientCheck.Normals(2 * 33, 7, 0), [2, 33], cpu);
        Close.To(RmsNorm.Apply(x, eps: 0).ToArray<double>(), RmsNorm.Apply(Scale.Apply(x, 1000), eps: 0), 1e-14);
    }
}
