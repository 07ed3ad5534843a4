namespace SiaEngine.Cuda;

/// <summary><see cref="AdamW"/> in <c>native/ptx/adamw.ptx</c>; the numbers of a step are folded in f64 and rounded once.</summary>
internal sealed class CudaAdamW(CudaDevice device) : AdamW.IKernels
{
    private readonly CudaModule _module = new(device, "adamw");

    public void Step(Tensor master, Tensor value, Tensor gradient, Tensor m, Tensor v, in AdamW.Coefficients c)
    {
        if (master.DType != DType.F32) Throw.DType("adamw", master);
        if (master.Count == 0) return;
        var (scale, beta1, rest1, beta2, rest2) = ((float)c.GradientScale, (float)c.Beta1, (float)(1 - c.Beta1), (float)c.Beta2, (float)(1 - c.Beta2));
        var (keep, rate, unbias, epsilon) = ((float)(1 - c.Rate * c.WeightDecay), (float)(c.Rate / c.Correction1), (float)(1 / c.Correction2), (float)c.Epsilon);
        var (kernel, shape) = (_module[value.DType, "step"], LaunchShape.Elements(master.Count));
        if (value == master) kernel.Launch(shape, master, gradient, m, v, master.Count, scale, beta1, rest1, beta2, rest2, keep, rate, unbias, epsilon);
        else kernel.Launch(shape, master, value, gradient, m, v, master.Count, scale, beta1, rest1, beta2, rest2, keep, rate, unbias, epsilon);
    }
}
