namespace SiaEngine.Cuda;

/// <summary>The kernels of <c>native/ptx/ladder</c> in the order of their ideas.</summary>
public static class Ladder
{
    /// <summary>C[m, n] = A[m, k] B[k, n], row-major, from the formula to tensor cores.</summary>
    public static IReadOnlyList<LadderStep> Gemm { get; } =
    [
        Product("gemm_1_naive", DType.F32, "one thread per element", 8, 32, 1, 32, 8),
        Product("gemm_2_shared", DType.F32, "tiles in shared memory", 32, 32, 32, 32, 32),
        Product("gemm_3_registers", DType.F32, "8 x 8 elements per thread in registers", 128, 128, 16, 256, 1),
        Product("gemm_4_async", DType.F32, "asynchronous copies into two buffers", 128, 128, 16, 256, 1),
        Product("gemm_5_mma", DType.BF16, "tensor cores, fed by ldmatrix from swizzled tiles", 128, 128, 32, 256, 1),
    ];

    /// <summary>y[r] = sum over columns of x[r, c].</summary>
    public static IReadOnlyList<LadderStep> Reduction { get; } =
    [
        Rows("reduce_1_naive", "one thread per row", 1, static e => new((e[0] + 255) / 256, 1, 1, 256)),
        Rows("reduce_2_shared", "a block per row, a tree in shared memory", 1, static e => new(e[0], 1, 1, 256)),
        Rows("reduce_3_shuffle", "shuffles and 16-byte loads", 4, static e => new(e[0], 1, 1, 256)),
    ];

    private static LadderStep Product(string name, DType input, string idea, int tileM, int tileN, int tileK, int blockX, int blockY) =>
        new(name, input, idea, ["a", "b", "c"], [("m", tileM), ("n", tileN), ("k", tileK)], e => new(e[1] / tileN, e[0] / tileM, 1, blockX, blockY),
            static e => 2.0 * e[0] * e[1] * e[2]);

    private static LadderStep Rows(string name, string idea, int multiple, Func<IReadOnlyList<int>, LaunchShape> shape) =>
        new(name, DType.F32, idea, ["x", "y"], [("rows", 1), ("columns", multiple)], shape, static e => (double)e[0] * e[1]);
}
