using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// <c>ldmatrix</c> and <c>stmatrix</c>: 8 × 8 matrices of 16-bit elements between shared memory and registers. Lane 8 i + r gives the address of row r of matrix
/// i, 16 bytes; register i of lane 4 r + q holds columns 2 q and 2 q + 1 of row r, with <c>.trans</c> rows 2 q and 2 q + 1 of column r. The rows of a matrix go through the banks together.
/// </summary>
internal sealed class MatrixMemoryStep(bool store, bool transpose, StateSpace space, Slot[] registers, Slot? address, ulong offset) : AlignedStep
{
    /// <inheritdoc/>
    protected override unsafe void Run(Warp warp)
    {
        var addresses = stackalloc ulong[32];
        var rows = stackalloc byte*[32];
        var needed = registers.Length == 4 ? uint.MaxValue : (1u << (8 * registers.Length)) - 1;
        if (warp.Launch.Checks && address is { Index: >= 0 } register && (needed & ~warp.Defined[register.Index]) is var missing and not 0)
        {
            var lane = BitOperations.TrailingZeroCount(missing);
            throw Fault(KernelFault.Uninitialised, warp, lane, "the register of the row's address was never written");
        }

        for (var lane = 0; lane < 32; lane++)
            addresses[lane] = offset + (address is not { } slot ? 0 : slot.Stride == 8 ? warp.Lane<ulong>(slot, lane) : warp.Lane<uint>(slot, lane));
        warp.Resolve(this, needed, space, addresses, 16, store ? AccessKind.Write : AccessKind.Read, rows);
        for (var i = 0; i < registers.Length; i++)
        {
            for (var lane = 0; lane < 32; lane++)
            {
                int row = lane / 4, column = 2 * (lane % 4);
                ref var word = ref warp.Lane<uint>(registers[i], lane);
                var low = transpose ? (ushort*)rows[8 * i + column] + row : (ushort*)rows[8 * i + row] + column;
                var high = transpose ? (ushort*)rows[8 * i + column + 1] + row : low + 1;
                if (store) (*low, *high) = ((ushort)word, (ushort)(word >> 16));
                else word = *low | ((uint)*high << 16);
            }
        }
    }
}
