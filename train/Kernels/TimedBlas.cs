using SiaEngine.Cuda;

namespace SiaEngine.Train.Kernels;

/// <summary>A BLAS whose products are timed. It does not dispose the one it passes calls to.</summary>
internal sealed class TimedBlas(IBlas blas, LaunchClock clock) : IBlas
{
    /// <inheritdoc/>
    public string Arithmetic => blas.Arithmetic;

    /// <inheritdoc/>
    public void Gemm(bool transposeA, bool transposeB, int m, int n, int k, float alpha, in BlasMatrix a, in BlasMatrix b, float beta, in BlasMatrix c, int batch)
    {
        clock.Begin();
        blas.Gemm(transposeA, transposeB, m, n, k, alpha, a, b, beta, c, batch);
        var bytes = (double)batch * (((double)m * k + (double)k * n) * a.DType.Size + (double)m * n * c.DType.Size * (beta == 0 ? 1 : 2));
        clock.End("gemm", $"{(transposeA ? 't' : 'n')}{(transposeB ? 't' : 'n')} {m} {n} {k}, {batch} of them, {a.DType.Name} to {c.DType.Name}", bytes, 2.0 * batch * m * n * k, a.DType);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
