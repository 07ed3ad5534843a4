namespace SiaEngine.SimulatedCuda.Exports;

/// <summary>cuBLAS: matrix products. Sums are in f32 whatever fast type is allowed.</summary>
internal static unsafe class GemmExports
{
    private const int F32 = 0;

    [UnmanagedCallersOnly(EntryPoint = "cublasSgemm_v2")]
    internal static BlasStatus Sgemm(nint handle, int transposeA, int transposeB, int m, int n, int k, nint alpha, ulong a, int leadingA, ulong b, int leadingB, nint beta, ulong c, int leadingC) =>
        BlasCall.Run("cublasSgemm", handle, new Product
        {
            Call = "cublasSgemm",
            TransposeA = transposeA,
            TransposeB = transposeB,
            Extents = (m, n, k),
            Alpha = alpha,
            Beta = beta,
            A = (a, F32, leadingA, 0),
            B = (b, F32, leadingB, 0),
            C = (c, F32, leadingC, 0),
        }.Submit);

    [UnmanagedCallersOnly(EntryPoint = "cublasSgemmStridedBatched")]
    internal static BlasStatus SgemmStridedBatched(nint handle, int transposeA, int transposeB, int m, int n, int k, nint alpha, ulong a, int leadingA, long strideA, ulong b, int leadingB, long strideB,
        nint beta, ulong c, int leadingC, long strideC, int batch) =>
        BlasCall.Run("cublasSgemmStridedBatched", handle, new Product
        {
            Call = "cublasSgemmStridedBatched",
            TransposeA = transposeA,
            TransposeB = transposeB,
            Extents = (m, n, k),
            Alpha = alpha,
            Beta = beta,
            A = (a, F32, leadingA, strideA),
            B = (b, F32, leadingB, strideB),
            C = (c, F32, leadingC, strideC),
            Batch = batch,
        }.Submit);

    [UnmanagedCallersOnly(EntryPoint = "cublasGemmEx")]
    internal static BlasStatus GemmEx(nint handle, int transposeA, int transposeB, int m, int n, int k, nint alpha, ulong a, int typeA, int leadingA, ulong b, int typeB, int leadingB,
        nint beta, ulong c, int typeC, int leadingC, int compute, int algorithm) =>
        BlasCall.Run("cublasGemmEx", handle, found => SumsInF32("cublasGemmEx", compute) ? new Product
        {
            Call = "cublasGemmEx",
            TransposeA = transposeA,
            TransposeB = transposeB,
            Extents = (m, n, k),
            Alpha = alpha,
            Beta = beta,
            A = (a, typeA, leadingA, 0),
            B = (b, typeB, leadingB, 0),
            C = (c, typeC, leadingC, 0),
        }.Submit(found) : BlasStatus.NotSupported);

    [UnmanagedCallersOnly(EntryPoint = "cublasGemmStridedBatchedEx")]
    internal static BlasStatus GemmStridedBatchedEx(nint handle, int transposeA, int transposeB, int m, int n, int k, nint alpha, ulong a, int typeA, int leadingA, long strideA,
        ulong b, int typeB, int leadingB, long strideB, nint beta, ulong c, int typeC, int leadingC, long strideC, int batch, int compute, int algorithm) =>
        BlasCall.Run("cublasGemmStridedBatchedEx", handle, found => SumsInF32("cublasGemmStridedBatchedEx", compute) ? new Product
        {
            Call = "cublasGemmStridedBatchedEx",
            TransposeA = transposeA,
            TransposeB = transposeB,
            Extents = (m, n, k),
            Alpha = alpha,
            Beta = beta,
            A = (a, typeA, leadingA, strideA),
            B = (b, typeB, leadingB, strideB),
            C = (c, typeC, leadingC, strideC),
            Batch = batch,
        }.Submit(found) : BlasStatus.NotSupported);

    /// <summary>Compute types 32F, 32F_PEDANTIC and the three fast ones of f32.</summary>
    private static bool SumsInF32(string call, int compute)
    {
        if (compute is 68 or 69 or 74 or 75 or 77) return true;
        Report.Line($"{call}: compute type {compute} is not simulated; 68, 69, 74, 75 and 77 (f32) are");
        return false;
    }
}
