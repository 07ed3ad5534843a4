namespace SiaEngine.SimulatedCuda;

/// <summary>A matrix product as cuBLAS is asked for it; runs in the stream of the handle.</summary>
internal sealed unsafe record Product
{
    private const int F32 = 0;
    private const int BF16 = 14;

    public required string Call { get; init; }

    public required int TransposeA { get; init; }

    public required int TransposeB { get; init; }

    public required (int M, int N, int K) Extents { get; init; }

    public required nint Alpha { get; init; }

    public required nint Beta { get; init; }

    public required (ulong Address, int Type, int Leading, long Stride) A { get; init; }

    public required (ulong Address, int Type, int Leading, long Stride) B { get; init; }

    public required (ulong Address, int Type, int Leading, long Stride) C { get; init; }

    public int Batch { get; init; } = 1;

    /// <summary>Checks the arguments and issues the product.</summary>
    public BlasStatus Submit(BlasHandle handle)
    {
        var (m, n, k) = Extents;
        if (m < 0 || n < 0 || k < 0 || Batch < 0 || TransposeA is < 0 or > 2 || TransposeB is < 0 or > 2) return Refuse(BlasStatus.InvalidValue, $"m {m}, n {n}, k {k}, batch {Batch}");
        if (A.Leading < Math.Max(1, TransposeA == 0 ? m : k) || B.Leading < Math.Max(1, TransposeB == 0 ? k : n) || C.Leading < Math.Max(1, m))
            return Refuse(BlasStatus.InvalidValue, $"leading dimensions {A.Leading}, {B.Leading}, {C.Leading} for m {m}, n {n}, k {k}");
        if (Alpha == 0 || Beta == 0) return Refuse(BlasStatus.InvalidValue, "alpha or beta is null");
        if (A.Type is not (F32 or BF16) || B.Type != A.Type || (C.Type != A.Type && C.Type != F32))
            return Refuse(BlasStatus.NotSupported, $"types {A.Type}, {B.Type}, {C.Type}; the simulator multiplies f32 (0) and bf16 (14), with a result of the same type or f32");
        if (m == 0 || n == 0 || Batch == 0) return BlasStatus.Success;
        var context = handle.Context;
        var onDevice = handle.PointerMode == 1;
        var (alpha, beta) = onDevice ? (0, 0) : (*(float*)Alpha, *(float*)Beta);
        return BlasCall.Status(context.Stream(handle.Stream).Submit(Call, () =>
        {
            if (onDevice) Run(context, *(float*)context.Host((ulong)Alpha, sizeof(float), write: false), *(float*)context.Host((ulong)Beta, sizeof(float), write: false));
            else Run(context, alpha, beta);
        }));
    }

    private void Run(Context context, float alpha, float beta)
    {
        var (m, n, k) = Extents;
        try
        {
            context.Blas.Gemm(TransposeA != 0, TransposeB != 0, m, n, k, alpha, Matrix(A), Matrix(B), beta, Matrix(C), Batch);
        }
        catch (CudaException e)
        {
            // What a kernel of cuBLAS would have run into.
            var fault = e.Message.Contains("never written", StringComparison.Ordinal) ? KernelFault.Uninitialised : KernelFault.OutOfBounds;
            throw new KernelFaultException(fault, Call, 0, e.Message);
        }
    }

    private static BlasMatrix Matrix((ulong Address, int Type, int Leading, long Stride) x) =>
        new((nint)x.Address, x.Type == BF16 ? DType.BF16 : DType.F32, x.Leading, x.Stride);

    private BlasStatus Refuse(BlasStatus status, string what)
    {
        Report.Line($"{Call}: cuBLAS status {(int)status}: {what}");
        return status;
    }
}
