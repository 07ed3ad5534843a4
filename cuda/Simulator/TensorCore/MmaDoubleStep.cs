namespace SiaEngine.Cuda.Simulator;

/// <summary><c>mma.sync.m8n8k4</c> on f64: for every element four fused multiply-adds in order of k.</summary>
internal sealed class MmaDoubleStep(MmaShape shape, Slot[] d, Slot[] a, Slot[] b, Slot[] c) : AlignedStep
{
    /// <inheritdoc/>
    public override int TensorFlops => 2 * shape.M * shape.N * shape.K;

    /// <inheritdoc/>
    protected override unsafe void Run(Warp warp)
    {
        var (n, k) = (shape.N, shape.K);
        double* left = stackalloc double[shape.M * k], right = stackalloc double[k * n], sum = stackalloc double[shape.M * n];
        Gather(warp, a, shape.A, left);
        Gather(warp, b, shape.B, right);
        Gather(warp, c, shape.C, sum);
        for (var row = 0; row < shape.M; row++)
            for (var p = 0; p < k; p++)
                for (var column = 0; column < n; column++)
                    sum[row * n + column] = Math.FusedMultiplyAdd(left[row * k + p], right[p * n + column], sum[row * n + column]);
        for (var i = 0; i < d.Length; i++)
            for (var lane = 0; lane < 32; lane++) warp.Lane<double>(d[i], lane) = sum[shape.C[32 * i + lane]];
    }

    private static unsafe void Gather(Warp warp, Slot[] registers, int[] positions, double* matrix)
    {
        for (var i = 0; i < registers.Length; i++)
            for (var lane = 0; lane < 32; lane++) matrix[positions[32 * i + lane]] = warp.Lane<double>(registers[i], lane);
    }
}
