using ManagedCuda.BasicTypes;

namespace ManagedCuda.CudaBlas;

/// <summary>Entry points of cuBLAS.</summary>
public static unsafe class CudaBlasNativeMethods
{
    private static readonly NativeEntry Create = Entry("cublasCreate_v2");
    private static readonly NativeEntry Destroy = Entry("cublasDestroy_v2");
    private static readonly NativeEntry GetVersion = Entry("cublasGetVersion_v2");
    private static readonly NativeEntry SetStream = Entry("cublasSetStream_v2");
    private static readonly NativeEntry SetWorkspace = Entry("cublasSetWorkspace_v2");
    private static readonly NativeEntry SetMathMode = Entry("cublasSetMathMode");
    private static readonly NativeEntry GemmEx = Entry("cublasGemmEx");
    private static readonly NativeEntry GemmStridedBatchedEx = Entry("cublasGemmStridedBatchedEx");

    public static CublasStatus cublasCreate_v2(ref CudaBlasHandle handle)
    {
        fixed (CudaBlasHandle* h = &handle) return ((delegate* unmanaged<CudaBlasHandle*, CublasStatus>)Create.Address)(h);
    }

    public static CublasStatus cublasDestroy_v2(CudaBlasHandle handle) => ((delegate* unmanaged<CudaBlasHandle, CublasStatus>)Destroy.Address)(handle);

    public static CublasStatus cublasGetVersion_v2(CudaBlasHandle handle, ref int version)
    {
        fixed (int* v = &version) return ((delegate* unmanaged<CudaBlasHandle, int*, CublasStatus>)GetVersion.Address)(handle, v);
    }

    public static CublasStatus cublasSetStream_v2(CudaBlasHandle handle, CUstream streamId) =>
        ((delegate* unmanaged<CudaBlasHandle, CUstream, CublasStatus>)SetStream.Address)(handle, streamId);

    public static CublasStatus cublasSetWorkspace_v2(CudaBlasHandle handle, CUdeviceptr workspace, SizeT workspaceSizeInBytes) =>
        ((delegate* unmanaged<CudaBlasHandle, CUdeviceptr, SizeT, CublasStatus>)SetWorkspace.Address)(handle, workspace, workspaceSizeInBytes);

    public static CublasStatus cublasSetMathMode(CudaBlasHandle handle, Math mode) =>
        ((delegate* unmanaged<CudaBlasHandle, int, CublasStatus>)SetMathMode.Address)(handle, (int)mode);

    public static CublasStatus cublasGemmEx(CudaBlasHandle handle, Operation transa, Operation transb, int m, int n, int k, IntPtr alpha, CUdeviceptr A, cudaDataType Atype, int lda,
        CUdeviceptr B, cudaDataType Btype, int ldb, IntPtr beta, CUdeviceptr C, cudaDataType Ctype, int ldc, ComputeType computeType, GemmAlgo algo) =>
        ((delegate* unmanaged<CudaBlasHandle, int, int, int, int, int, IntPtr, CUdeviceptr, int, int, CUdeviceptr, int, int, IntPtr, CUdeviceptr, int, int, int, int, CublasStatus>)GemmEx.Address)(
            handle, (int)transa, (int)transb, m, n, k, alpha, A, (int)Atype, lda, B, (int)Btype, ldb, beta, C, (int)Ctype, ldc, (int)computeType, (int)algo);

    /// <summary>The type of the sums is a cudaDataType here, as in ManagedCuda; cast a <see cref="ComputeType"/>, whose numbers cuBLAS reads.</summary>
    public static CublasStatus cublasGemmStridedBatchedEx(CudaBlasHandle handle, Operation transa, Operation transb, int m, int n, int k, IntPtr alpha, CUdeviceptr A, cudaDataType Atype, int lda,
        long strideA, CUdeviceptr B, cudaDataType Btype, int ldb, long strideB, IntPtr beta, CUdeviceptr C, cudaDataType Ctype, int ldc, long strideC, int batchCount, cudaDataType computeType,
        GemmAlgo algo) =>
        ((delegate* unmanaged<CudaBlasHandle, int, int, int, int, int, IntPtr, CUdeviceptr, int, int, long, CUdeviceptr, int, int, long, IntPtr, CUdeviceptr, int, int, long, int, int, int,
            CublasStatus>)GemmStridedBatchedEx.Address)(
            handle, (int)transa, (int)transb, m, n, k, alpha, A, (int)Atype, lda, strideA, B, (int)Btype, ldb, strideB, beta, C, (int)Ctype, ldc, strideC, batchCount, (int)computeType, (int)algo);

    private static NativeEntry Entry(string name) => new(NativeLibraryFile.Blas, name);
}
