namespace SiaEngine;

/// <summary>Global L2 norm of the gradients of many parameters, the same bits on every run and thread count, and the factor that clips it.</summary>
public static class GradientNorm
{
    /// <summary>What a device implements.</summary>
    public interface IKernels
    {
        /// <summary>sum.Grad[0] = sum.Beta · sum.Grad[0] + Σ x², in f64, by partial sums over fixed blocks, added in order.</summary>
        void SumOfSquares(Tensor x, GradientSlot sum);
    }

    /// <summary>‖scale · g‖ over all elements of all parameters that have a gradient; 0 when none has.</summary>
    public static double Compute(ReadOnlySpan<Parameter> parameters, double scale = 1)
    {
        using var scope = Scope.Enter();
        Tensor? sum = null;
        foreach (var parameter in parameters)
        {
            if (!parameter.HasGradient) continue;
            var slot = new GradientSlot(sum ?? Tensor.Empty([1], DType.F64, parameter.Gradient.Device), sum is null ? 0 : 1);
            parameter.Gradient.Device.Kernels<IKernels>().SumOfSquares(parameter.Gradient, slot);
            sum = slot.Grad;
        }

        return sum is { } total ? Math.Abs(scale) * Math.Sqrt(total.Item()) : 0;
    }

    /// <summary>The factor ≤ 1 that brings a norm down to <paramref name="limit"/>; 1 when it is not above.</summary>
    public static double ClipFactor(double norm, double limit) => norm > limit ? limit / norm : 1;
}
