namespace SiaEngine.Cuda;

/// <summary>Matrix products with cuBLAS's column-major conventions: cuBLAS itself, or a plain GEMM over simulated memory.</summary>
public interface IBlas : IDisposable
{
    /// <summary>The arithmetic of products, for the header of a run.</summary>
    string Arithmetic => "f32 products and sums";

    /// <summary>
    /// For every matrix b of a batch: C_b = alpha · op(A_b) op(B_b) + beta · C_b, column-major, op(A) [m, k], op(B) [k, n], C [m, n]; matrix b of X starts
    /// strideX elements behind matrix b − 1. Sums are kept in f32 for f32 and bf16; beta 0 does not read C.
    /// </summary>
    /// <param name="transposeA">op(A) = Aᵀ.</param>
    /// <param name="transposeB">op(B) = Bᵀ.</param>
    /// <param name="m">Rows of C.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="k">Inner extent.</param>
    /// <param name="alpha">Factor of the product.</param>
    /// <param name="a">First operand.</param>
    /// <param name="b">Second operand, of the dtype of the first.</param>
    /// <param name="beta">Factor of what C held.</param>
    /// <param name="c">Result, in the dtype of the operands or in f32.</param>
    /// <param name="batch">Number of matrices.</param>
    void Gemm(bool transposeA, bool transposeB, int m, int n, int k, float alpha, in BlasMatrix a, in BlasMatrix b, float beta, in BlasMatrix c, int batch);
}
