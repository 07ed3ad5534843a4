using SiaEngine.Cuda;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Cuda;

/// <summary>Values at the edge of the number range on the simulated device: masked logits, infinities and NaN.</summary>
public sealed class DeviceEdgeTests : IDisposable
{
    private readonly CudaDevice _sim = Devices.Open();

    public void Dispose() => _sim.Dispose();

    /// <summary>Rows that begin with −∞, hold nothing else but one logit, or are large and far apart; more classes than threads.</summary>
    [Theory, InlineData(DType.F32), InlineData(DType.BF16)]
    public void Masked_and_large_logits_have_exact_losses(DType dtype)
    {
        const int Classes = 600;
        using var scope = Scope.Enter();
        var x = new double[3 * Classes];
        Array.Fill(x, double.NegativeInfinity);
        (x[400], x[599]) = (2, 2);
        x[Classes + 31] = -96;
        for (var i = 0; i < Classes; i++) x[2 * Classes + i] = i % 2 == 0 ? 512 : -512;
        var logits = GradientContext.Make(x, [3, Classes], dtype, _sim).Track();
        using var tape = Tape.Start();
        var losses = CrossEntropy.Apply(logits, Tensor.From<int>([400, 31, 8], [3], _sim));
        // The logsumexp of the last row is 512 + ln 300 in f32, rounded by up to 2⁻¹⁵.
        Close.To([Math.Log(2), 0, Math.Log(300)], losses, 1.0 / (1 << 15), "loss");
        tape.Backward(losses, Tensor.From<float>([1, 1, 1], [3], _sim));
        var gradient = GradientContext.Read(logits.Gradient!.Value);
        Assert.Equal([-0.5, 0.5, 0], [gradient[400], gradient[599], gradient[0]], (a, b) => Math.Abs(a - b) <= 1e-6);
        Assert.Equal(0, gradient[Classes + 31], 1e-6);
        Close.To([1.0 / 300 - 1, 0, 1.0 / 300], [gradient[2 * Classes + 8], gradient[2 * Classes + 9], gradient[2 * Classes + 598]], dtype == DType.F32 ? 1e-6 : 1.0 / 512, "gradient");
    }

    [Theory, InlineData(DType.F32), InlineData(DType.BF16)]
    public void A_nan_stays_visible(DType dtype)
    {
        using var scope = Scope.Enter();
        var x = GradientContext.Make([1, double.NaN, -2, 3], [2, 2], dtype, _sim);
        var relu = GradientContext.Read(ReluSquared.Apply(x));
        Assert.Equal([1, double.NaN, 0, 9], relu);
        var norm = GradientContext.Read(RmsNorm.Apply(x));
        Assert.True(double.IsNaN(norm[0]) && double.IsNaN(norm[1]) && double.IsFinite(norm[2]));
        var losses = CrossEntropy.Apply(x, Tensor.From<int>([0, 0], [2], _sim)).ToArray<float>();
        Assert.True(float.IsNaN(losses[0]) && float.IsFinite(losses[1]));
        var sum = Tensor.Empty([1], DType.F64, _sim);
        _sim.Kernels<GradientNorm.IKernels>().SumOfSquares(x, new(sum, 0));
        Assert.True(double.IsNaN(sum.Item()));
    }

    /// <summary>A gradient with β = 0 may hold anything, NaN too.</summary>
    [Fact]
    public void Beta_zero_does_not_read_the_old_gradient()
    {
        using var scope = Scope.Enter();
        var (dy, y) = (Tensor.From<float>([1, -2, 3, 4], [2, 2], _sim), Tensor.From<float>([1, 0, 9, 16], [2, 2], _sim));
        var dx = Tensor.From<float>([float.NaN, float.NaN, float.NaN, float.NaN], [2, 2], _sim);
        _sim.Kernels<ReluSquared.IKernels>().Backward(dy, y, new(dx, 0));
        Assert.Equal([2, 0, 18, 32], dx.ToArray<float>());
    }
}
