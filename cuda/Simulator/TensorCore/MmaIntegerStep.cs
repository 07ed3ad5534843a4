namespace SiaEngine.Cuda.Simulator;

/// <summary><c>mma.sync</c> on s8 or u8 with s32 sums that wrap, or with <c>.satfinite</c> are clamped.</summary>
internal sealed class MmaIntegerStep(MmaShape shape, bool signedA, bool signedB, bool saturate, Slot[] d, Slot[] a, Slot[] b, Slot[] c) : AlignedStep
{
    /// <inheritdoc/>
    public override int TensorFlops => 2 * shape.M * shape.N * shape.K;

    /// <inheritdoc/>
    protected override unsafe void Run(Warp warp)
    {
        var (m, n, k) = (shape.M, shape.N, shape.K);
        int* left = stackalloc int[m * k], right = stackalloc int[k * n];
        var sum = stackalloc long[m * n];
        Gather(warp, a, shape.A, signedA, left);
        Gather(warp, b, shape.B, signedB, right);
        for (var i = 0; i < c.Length; i++)
            for (var lane = 0; lane < 32; lane++) sum[shape.C[32 * i + lane]] = warp.Lane<int>(c[i], lane);
        for (var row = 0; row < m; row++)
            for (var p = 0; p < k; p++)
                for (var column = 0; column < n; column++) sum[row * n + column] += left[row * k + p] * right[p * n + column];
        for (var i = 0; i < d.Length; i++)
        {
            for (var lane = 0; lane < 32; lane++)
            {
                var value = sum[shape.C[32 * i + lane]];
                warp.Lane<int>(d[i], lane) = saturate ? (int)Math.Clamp(value, int.MinValue, int.MaxValue) : (int)value;
            }
        }
    }

    private static unsafe void Gather(Warp warp, Slot[] registers, int[] positions, bool signed, int* matrix)
    {
        for (var r = 0; r < registers.Length; r++)
        {
            for (var lane = 0; lane < 32; lane++)
            {
                var word = warp.Lane<uint>(registers[r], lane);
                for (var i = 0; i < 4; i++, word >>= 8) matrix[positions[32 * (4 * r + i) + lane]] = signed ? (sbyte)word : (byte)word;
            }
        }
    }
}
