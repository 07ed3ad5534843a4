namespace SiaEngine.Cuda;

/// <summary>Products of row-major matrices through a column-major BLAS.</summary>
/// <remarks>
/// Memory that holds a row-major [r, c] matrix X with c elements from row to row holds, read column-major with leading dimension c, the matrix Xᵀ [c, r]. So
/// C = op(A) op(B), row-major [m, n], is asked for as Cᵀ = op(B)ᵀ op(A)ᵀ, column-major [n, m]: the operands trade places, m and n trade places, and the transpose
/// flags stay with their operands, because what BLAS reads as B already is Bᵀ.
/// </remarks>
internal static class RowMajor
{
    /// <summary>C = alpha · op(A) op(B) + beta · C, op(A) [m, k], op(B) [k, n], C [m, n], for <paramref name="batch"/> matrices that follow each other without gaps.</summary>
    /// <remarks>The leading dimensions are the last axes of A and B as they are stored, and n.</remarks>
    public static void Multiply(IBlas blas, bool transposeA, bool transposeB, int m, int n, int k, float alpha, Tensor a, Tensor b, float beta, Tensor c, int batch = 1)
    {
        if (m == 0 || n == 0 || batch == 0) return;
        blas.Gemm(transposeB, transposeA, n, m, k, alpha,
            new BlasMatrix(b.Address, b.DType, transposeB ? k : n, (long)k * n),
            new BlasMatrix(a.Address, a.DType, transposeA ? m : k, (long)m * k),
            beta, new BlasMatrix(c.Address, c.DType, n, (long)m * n), batch);
    }
}
