using ManagedCuda.BasicTypes;
using ManagedCuda.CudaBlas;

namespace SiaEngine.Cuda;

/// <summary>cuBLAS on the stream of a driver, through ManagedCuda's API. Sums are f32; operands are rounded to TF32 only if asked.</summary>
public sealed unsafe class CuBlas : IBlas
{
    /// <summary>What cuBLAS recommends for Hopper; set explicitly, so that products can be captured in a graph and need no memory of their own.</summary>
    private const int WorkspaceBytes = 32 << 20;

    private readonly ManagedCudaDriver _driver;
    private readonly CudaBlasHandle _handle;
    private readonly nint _workspace;
    private readonly ComputeType _f32;
    private readonly bool _tf32;
    private bool _disposed;

    /// <summary>Opens cuBLAS.</summary>
    /// <param name="driver">Whose stream products are issued to.</param>
    /// <param name="tf32">Whether products of f32 matrices may round their operands to TF32 (10 bits of mantissa).</param>
    /// <exception cref="DeviceException">There is no cuBLAS; the message says what was looked for.</exception>
    public CuBlas(ManagedCudaDriver driver, bool tf32 = false)
    {
        (_driver, _tf32, _f32) = (driver, tf32, tf32 ? ComputeType.Compute32FFastTF32 : ComputeType.Compute32F);
        driver.Enter("cublasCreate");
        try
        {
            Check(CudaBlasNativeMethods.cublasCreate_v2(ref _handle), "cublasCreate");
        }
        catch (DllNotFoundException e)
        {
            throw new DeviceException(e.Message.Split('\n')[0].TrimEnd(), e);
        }

        var version = 0;
        Check(CudaBlasNativeMethods.cublasGetVersion_v2(_handle, ref version), "cublasGetVersion");
        Version = (version / 10000, version / 100 % 100, version % 100);
        Check(CudaBlasNativeMethods.cublasSetStream_v2(_handle, driver.Stream), "cublasSetStream");

        // Setting the stream takes the workspace away: it comes after.
        _workspace = driver.Allocate(WorkspaceBytes);
        Check(CudaBlasNativeMethods.cublasSetWorkspace_v2(_handle, ManagedCudaDriver.At(_workspace), WorkspaceBytes), "cublasSetWorkspace");

        // Reductions of products with bf16 results stay in f32 too.
        const ManagedCuda.CudaBlas.Math exact = ManagedCuda.CudaBlas.Math.DisallowReducedPrecisionReduction;
        Check(CudaBlasNativeMethods.cublasSetMathMode(_handle, tf32 ? ManagedCuda.CudaBlas.Math.TF32TensorOpMath | exact : ManagedCuda.CudaBlas.Math.DefaultMath | exact), "cublasSetMathMode");
    }

    /// <summary>Version of cuBLAS, as (12, 4, 5).</summary>
    public (int Major, int Minor, int Patch) Version { get; }

    /// <inheritdoc/>
    public string Arithmetic =>
        $"cuBLAS {Version.Major}.{Version.Minor}.{Version.Patch}, f32 operands {(_tf32 ? "rounded to TF32" : "exact (TF32 off)")}, f32 sums without reduced-precision reductions";

    /// <inheritdoc/>
    public void Gemm(bool transposeA, bool transposeB, int m, int n, int k, float alpha, in BlasMatrix a, in BlasMatrix b, float beta, in BlasMatrix c, int batch)
    {
        var call = batch == 1 ? "cublasGemmEx" : "cublasGemmStridedBatchedEx";
        _driver.Enter(call);
        var (opA, opB) = (transposeA ? Operation.Transpose : Operation.NonTranspose, transposeB ? Operation.Transpose : Operation.NonTranspose);
        var (typeA, typeB, typeC) = (Type(a.DType), Type(b.DType), Type(c.DType));
        var (atA, atB, atC) = (ManagedCudaDriver.At(a.Address), ManagedCudaDriver.At(b.Address), ManagedCudaDriver.At(c.Address));
        var compute = a.DType == DType.F32 ? _f32 : ComputeType.Compute32F;
        var status = batch == 1
            ? CudaBlasNativeMethods.cublasGemmEx(_handle, opA, opB, m, n, k, (IntPtr)(&alpha), atA, typeA, a.Leading, atB, typeB, b.Leading, (IntPtr)(&beta), atC, typeC, c.Leading,
                compute, GemmAlgo.Default)
            : CudaBlasNativeMethods.cublasGemmStridedBatchedEx(_handle, opA, opB, m, n, k, (IntPtr)(&alpha), atA, typeA, a.Leading, a.Stride, atB, typeB, b.Leading, b.Stride,
                (IntPtr)(&beta), atC, typeC, c.Leading, c.Stride, batch, (cudaDataType)compute, GemmAlgo.Default);
        if (status != CublasStatus.Success)
            throw Failure(status, call, $"; m {m}, n {n}, k {k}, batch {batch}, {a.DType.Name}, {b.DType.Name} to {c.DType.Name}{_driver.AfterFailure()}", _driver.IsLost);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        if (_driver.IsLost) return;
        _ = CudaBlasNativeMethods.cublasDestroy_v2(_handle);
        _driver.Free(_workspace);
    }

    private static cudaDataType Type(DType dtype) => dtype switch
    {
        DType.F32 => cudaDataType.CUDA_R_32F,
        DType.BF16 => cudaDataType.CUDA_R_16BF,
        _ => throw new DTypeException($"cuBLAS: matrices must be f32 or bf16; got {dtype.Name}."),
    };

    private static void Check(CublasStatus status, string call)
    {
        if (status != CublasStatus.Success) throw Failure(status, call, "");
    }

    private static CudaException Failure(CublasStatus status, string call, string what, bool isLost = false) =>
        new(call, $"CUBLAS_STATUS_{status}", null, isLost, $"{call}: status {(int)status} ({status}){what}");
}
