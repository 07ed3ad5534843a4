using SiaEngine.Cpu;

namespace SiaEngine.Tests.Ops;

[Collection(nameof(Threads))]
public class AdamWTests
{
    [Theory, InlineData(DType.F32, 3e-6), InlineData(DType.F64, 1e-14), InlineData(DType.BF16, 3e-6)]
    public void Follows_the_formulas_over_several_steps(DType compute, double tolerance)
    {
        const double lr = 0.02, beta1 = 0.9, beta2 = 0.95, eps = 1e-8, decay = 0.1, scale = 0.25;
        using var cpu = new CpuDevice();
        using var w = Make(cpu, "w", [5, 7], compute);
        using var adam = new AdamW([w], lr, weightDecay: decay);
        var p = GradientContext.Read(w.Master);
        var (m, v) = (new double[p.Length], new double[p.Length]);
        for (var n = 1; n <= 6; n++)
        {
            var g = GradientCheck.Normals(p.Length, 40, (ulong)n);
            SetGradient(w, g);
            var multiplier = 1 - 0.1 * n;
            adam.Step(multiplier, scale);
            for (var i = 0; i < p.Length; i++)
            {
                var (gi, rate) = (g[i] * scale, lr * multiplier);
                m[i] = beta1 * m[i] + (1 - beta1) * gi;
                v[i] = beta2 * v[i] + (1 - beta2) * gi * gi;
                var (mHat, vHat) = (m[i] / (1 - Math.Pow(beta1, n)), v[i] / (1 - Math.Pow(beta2, n)));
                p[i] = p[i] - rate * decay * p[i] - rate * mHat / (Math.Sqrt(vHat) + eps);
            }

            Close.To(p, w.Master, tolerance, "master");
            Close.To(m, adam.State[0].Tensor, tolerance, "m");
            Close.To(v, adam.State[1].Tensor, tolerance, "v");
            Assert.Equal(GradientContext.Read(w.Master).Select(x => compute == DType.BF16 ? (float)(BFloat16)(float)x : x), GradientContext.Read(w.Value));
        }

        Assert.Equal(["w.m", "w.v"], adam.State.Select(s => s.Name));
        Assert.Equal(6, adam.StepCount);
    }

    [Fact]
    public void The_first_step_moves_each_weight_by_the_rate()
    {
        using var cpu = new CpuDevice();
        using var w = Make(cpu, "w", [3], DType.F64);
        using var adam = new AdamW([w], 0.5);
        w.Master.CopyFrom<double>([1, 2, 3]);
        SetGradient(w, [1e-3, -40, 0]);
        adam.Step();
        Close.To([0.5, 2.5, 3], w.Master, 1e-5);
    }

    [Theory, InlineData(DType.F32, 2e-6), InlineData(DType.F64, 1e-14)]
    public void Every_length_between_guards(DType dtype, double tolerance)
    {
        using var cpu = new CpuDevice();
        var c = new AdamW.Coefficients(0.02, 0.9, 0.95, 1e-8, 0.1, 0.19, 0.0975, 0.5);
        EveryLength.Run(cpu, dtype, 4, (t, n) =>
        {
            var (p, g, m, v) = (GradientContext.Read(t[0]), GradientContext.Read(t[1]), GradientContext.Read(t[2]), GradientContext.Read(t[3]));
            for (var i = 0; i < n; i++) v[i] *= v[i];
            cpu.Copy(GradientContext.Make(v, [n], dtype, cpu).Address, t[3].Address, t[3].Bytes);
            cpu.Kernels<AdamW.IKernels>().Step(t[0], t[0], t[1], t[2], t[3], c);
            for (var i = 0; i < n; i++)
            {
                m[i] = 0.9 * m[i] + 0.1 * 0.5 * g[i];
                v[i] = 0.95 * v[i] + 0.05 * 0.25 * g[i] * g[i];
                p[i] = p[i] * (1 - 0.002) - 0.02 * (m[i] / 0.19) / (Math.Sqrt(v[i] / 0.0975) + 1e-8);
            }

            Close.To(p, t[0], tolerance, "master");
            Close.To(m, t[2], tolerance, "m");
            Close.To(v, t[3], tolerance, "v");
        });
    }

    [Fact]
    public void Restored_state_continues_bit_for_bit()
    {
        using var cpu = new CpuDevice();
        using var first = Make(cpu, "w", [33], DType.F32);
        using var second = Make(cpu, "w", [33], DType.F32);
        using var one = new AdamW([first], 0.1);
        using var two = new AdamW([second], 0.1);
        for (var n = 0; n < 3; n++) Step(one, first, n);
        second.Master.CopyFrom(first.Master);
        for (var i = 0; i < 2; i++) two.State[i].Tensor.CopyFrom<float>(one.State[i].Tensor.ToArray<float>());
        two.StepCount = one.StepCount;
        for (var n = 3; n < 6; n++)
        {
            Step(one, first, n);
            Step(two, second, n);
        }

        Assert.Equal(first.Master.ToArray<float>(), second.Master.ToArray<float>());

        static void Step(AdamW adam, Parameter w, int n)
        {
            SetGradient(w, GradientCheck.Normals(33, 41, (ulong)n));
            adam.Step();
        }
    }

    [Fact]
    public void Leaves_parameters_without_a_gradient_alone()
    {
        using var cpu = new CpuDevice();
        using var w = Make(cpu, "w", [3], DType.F32);
        using var adam = new AdamW([w], 0.1, weightDecay: 1);
        var before = w.Master.ToArray<float>();
        adam.Step();
        Assert.Equal(before, w.Master.ToArray<float>());
    }

    [Fact]
    public void Refuses_a_parameter_given_twice()
    {
        using var cpu = new CpuDevice();
        using var w = Make(cpu, "w", [3], DType.F32);
        Assert.Equal("optimizer: parameter 'w' is given twice.", Assert.Throws<ArgumentException>(() => new AdamW([w, w], 0.1)).Message);
    }

    [Fact]
    public void Does_not_depend_on_the_number_of_threads_and_allocates_nothing() => Threads.GiveTheSameBits(static () =>
    {
        using var cpu = new CpuDevice();
        using var w = Make(cpu, "w", [70_001], DType.BF16);
        using var adam = new AdamW([w], 0.1);
        SetGradient(w, GradientCheck.Normals(70_001, 41, 0));
        adam.Step();
        var before = GC.GetAllocatedBytesForCurrentThread();
        adam.Step();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        return [.. GradientContext.Read(w.Master), .. GradientContext.Read(w.Value)];
    });

    internal static Parameter Make(Device device, string name, Shape shape, DType compute)
    {
        using var scope = Scope.Enter();
        var parameter = new Parameter(name, shape, compute, device);
        parameter.Master.CopyFrom(GradientContext.Make(GradientCheck.Normals((int)shape.Count, 39, 0), shape, parameter.Master.DType, device));
        return parameter;
    }

    internal static void SetGradient(Parameter parameter, double[] values)
    {
        using var scope = Scope.Enter();
        parameter.ClearGradient();
        var slot = parameter.TakeSlot();
        slot.Grad.CopyFrom(GradientContext.Make(values, parameter.Shape, slot.Grad.DType, slot.Grad.Device));
    }
}
