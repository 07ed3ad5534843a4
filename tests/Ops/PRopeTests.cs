using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Ops;

public class PRopeTests
{
    private const int Heads = 2, HeadDim = 8, Width = 3 * Heads * HeadDim;

    [Fact]
    public void Heads_of_q_and_k_have_unit_mean_square_and_v_passes_through()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var x = GradientCheck.Normals(5 * Width, 3, 0);
        var y = PRope.Apply(Tensor.From<double>(x, [1, 5, Width], cpu), Frequencies(cpu), Heads, eps: 0).ToArray<double>();
        for (var row = 0; row < 5; row++)
        {
            for (var head = 0; head < 2 * Heads; head++)
                Assert.Equal(1, y.Skip(row * Width + head * HeadDim).Take(HeadDim).Average(v => v * v), 12);
            Assert.Equal(x.Skip(row * Width + 2 * Heads * HeadDim).Take(Heads * HeadDim), y.Skip(row * Width + 2 * Heads * HeadDim).Take(Heads * HeadDim));
        }
    }

    [Fact]
    public void Products_of_q_and_k_depend_on_relative_position_only()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var x = Tensor.From<double>(GradientCheck.Normals(7 * Width, 4, 0), [1, 7, Width], cpu);
        var near = PRope.Apply(x, Frequencies(cpu), Heads).ToArray<double>();
        var far = PRope.Apply(x, Frequencies(cpu), Heads, firstPosition: 65_000).ToArray<double>();
        for (var i = 0; i < 7; i++)
            for (var j = 0; j <= i; j++)
                for (var head = 0; head < Heads; head++) Assert.Equal(Dot(near, i, j, head), Dot(far, i, j, head), 8);

        static double Dot(double[] y, int i, int j, int head)
        {
            var sum = 0.0;
            for (var k = 0; k < HeadDim; k++) sum += y[i * Width + head * HeadDim + k] * y[j * Width + (Heads + head) * HeadDim + k];
            return sum;
        }
    }

    [Fact]
    public void A_frequency_of_zero_is_the_identity_and_position_zero_too()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var values = GradientCheck.Normals(3 * Width, 5, 0);
        var x = Tensor.From<double>(values, [1, 3, Width], cpu);
        Assert.Equal(values, PRope.Apply(x, Tensor.Zeros([HeadDim / 2], DType.F64, cpu), Heads, normalize: false).ToArray<double>());
        Assert.Equal(values.Take(Width), PRope.Apply(x, Frequencies(cpu), Heads, normalize: false).ToArray<double>().Take(Width));
    }

    [Fact]
    public void Positions_continue_from_the_offset()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var x = Tensor.From<double>(GradientCheck.Normals(6 * Width, 6, 0), [1, 6, Width], cpu);
        var whole = PRope.Apply(x, Frequencies(cpu), Heads).ToArray<double>();
        var rest = PRope.Apply(x.As([6, Width]).Rows(4, 2).As([1, 2, Width]), Frequencies(cpu), Heads, firstPosition: 4).ToArray<double>();
        Assert.Equal(whole.Skip(4 * Width), rest);
    }

    [Fact]
    public void Rotates_by_position_times_frequency()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var x = Tensor.From<double>([0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 5, 6], [1, 2, 6], cpu);
        var y = PRope.Apply(x, Tensor.From<double>([0.5], [1], cpu), 1, normalize: false).ToArray<double>();
        Assert.Equal([Math.Cos(0.5), -Math.Sin(0.5), Math.Cos(0.5), -Math.Sin(0.5), 5, 6], y.Skip(6).ToArray());
    }

    private static Tensor Frequencies(CpuDevice cpu) => Tensor.From<double>([1, 0.25, 0.01, 0], [HeadDim / 2], cpu);
}
