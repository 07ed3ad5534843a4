namespace SiaEngine.Cuda.Simulator;

/// <summary><c>movmatrix.trans</c>: an 8 × 8 matrix of 16-bit elements in registers, lane 4 r + q holding columns 2 q and 2 q + 1 of row r, is transposed.</summary>
internal sealed class MatrixMoveStep(Slot result, Slot source) : AlignedStep
{
    /// <inheritdoc/>
    protected override unsafe void Run(Warp warp)
    {
        var matrix = stackalloc ushort[64];
        for (var lane = 0; lane < 32; lane++) ((uint*)matrix)[lane] = warp.Lane<uint>(source, lane);
        for (var lane = 0; lane < 32; lane++)
        {
            int row = lane / 4, column = 2 * (lane % 4);
            warp.Lane<uint>(result, lane) = matrix[8 * column + row] | ((uint)matrix[8 * (column + 1) + row] << 16);
        }
    }
}
