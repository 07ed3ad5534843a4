using System.Runtime.InteropServices;

namespace SiaEngine.Train.Commands;

/// <summary>A BLAS library with the C interface (OpenBLAS), for timing its product in place of ours.</summary>
internal sealed class BlasLibrary : IDisposable
{
    private const int RowMajor = 101, AsItIs = 111, Transposed = 112;

    private readonly nint _library;
    private readonly Sgemm _sgemm;

    /// <summary>Loads a library and has it use as many threads as asked for.</summary>
    /// <exception cref="DeviceException">It cannot be loaded, or is no such library.</exception>
    public BlasLibrary(string path, int threads)
    {
        if (!NativeLibrary.TryLoad(path, out _library)) throw new DeviceException($"--blas: {path} cannot be loaded");
        if (!NativeLibrary.TryGetExport(_library, "cblas_sgemm", out var product)) throw new DeviceException($"--blas: {path} has no cblas_sgemm");
        _sgemm = Marshal.GetDelegateForFunctionPointer<Sgemm>(product);
        if (NativeLibrary.TryGetExport(_library, "openblas_set_num_threads", out var set)) Marshal.GetDelegateForFunctionPointer<SetThreads>(set)(threads);
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void Sgemm(int order, int transA, int transB, int m, int n, int k, float alpha, ref float a, int lda, ref float b, int ldb, float beta, ref float c, int ldc);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void SetThreads(int count);

    /// <summary>C = op(A) op(B), contiguous rows.</summary>
    public void Product(Tensor a, Tensor b, Tensor c, bool transposeA, bool transposeB)
    {
        var (m, n, k) = (c.Shape[0], c.Shape[1], a.Shape[transposeA ? 0 : 1]);
        _sgemm(RowMajor, transposeA ? Transposed : AsItIs, transposeB ? Transposed : AsItIs, m, n, k, 1, ref MemoryMarshal.GetReference(a.Span<float>()), a.Shape[1], ref MemoryMarshal.GetReference(b.Span<float>()), b.Shape[1],
            0, ref MemoryMarshal.GetReference(c.Span<float>()), n);
    }

    /// <inheritdoc/>
    public void Dispose() => NativeLibrary.Free(_library);
}
