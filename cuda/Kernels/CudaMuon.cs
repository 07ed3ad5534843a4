namespace SiaEngine.Cuda;

/// <summary>The elementwise parts of <see cref="Muon"/> in <c>native/ptx/muon.ptx</c>.</summary>
internal sealed class CudaMuon(CudaDevice device) : Muon.IKernels
{
    private readonly CudaModule _module = new(device, "muon");

    public void Direction(Tensor gradient, Tensor buffer, Tensor x, double momentum, double gradientScale)
    {
        if (x.DType != DType.F32) Throw.DType("muon", x);
        if (x.Count == 0) return;
        using var scope = Scope.Enter();
        var partials = PartialSums.Of(x.Count);
        var partial = Tensor.Empty([partials], DType.F64, device);
        _module[x.DType, "momentum"].Launch(PartialSums.Shape(partials), gradient, buffer, x, partial, x.Count, Vectors.Of(gradient, buffer, x), partials, (float)momentum, (float)gradientScale);
        _module[x.DType, "normalize"].Launch(PartialSums.Shape(partials), x, partial, x.Count, Vectors.Of(x), partials);
    }

    public void Step(Tensor master, Tensor value, Tensor x, double rate)
    {
        if (master.DType != DType.F32) Throw.DType("muon", master);
        if (master.Count == 0) return;
        var (kernel, split) = (_module[value.DType, "step"], ElementSplit.Of(master.Count, master, value, x));
        if (value == master) kernel.Launch(split.Shape, master, x, master.Count, split.Vectors, (float)rate);
        else kernel.Launch(split.Shape, master, value, x, master.Count, split.Vectors, (float)rate);
    }
}
