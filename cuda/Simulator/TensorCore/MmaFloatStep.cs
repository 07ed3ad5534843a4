using System.Runtime.CompilerServices;

namespace SiaEngine.Cuda.Simulator;

/// <summary><c>mma.sync</c> on f16, bf16 or tf32 with f32 or f16 sums; the registers hold fragments as <see cref="MmaShape"/> says.</summary>
internal sealed class MmaFloatStep(MmaShape shape, PtxType input, PtxType result, PtxType old, Slot[] d, Slot[] a, Slot[] b, Slot[] c) : AlignedStep
{
    /// <inheritdoc/>
    public override int TensorFlops => 2 * shape.M * shape.N * shape.K;

    /// <inheritdoc/>
    [SkipLocalsInit]
    protected override unsafe void Run(Warp warp)
    {
        double* left = stackalloc double[16 * 16], right = stackalloc double[16 * 8], sum = stackalloc double[16 * 8];
        Gather(warp, a, shape.A, left);
        Gather(warp, b, shape.B, right);
        for (var i = 0; i < shape.CElements; i++)
        {
            for (var lane = 0; lane < 32; lane++)
            {
                sum[shape.C[32 * i + lane]] = old == PtxType.F32
                    ? warp.Lane<float>(c[i], lane)
                    : (double)BitConverter.UInt16BitsToHalf(Half(warp.Lane<uint>(c[i / 2], lane), i));
            }
        }

        var problem = new MmaProblem
        {
            Shape = shape,
            A = left,
            B = right,
            C = sum,
            InputExponent = MinExponent(input),
            OldExponent = MinExponent(old),
            Single = result == PtxType.F32,
        };
        switch (warp.Launch.Numerics.Kind)
        {
            case MmaNumerics.Rule.Hopper: HopperSum.Run(problem); break;
            case MmaNumerics.Rule.Exact: ExactSum.Run(problem); break;
            default: PermutedSum.Run(problem, warp.Launch.Numerics.Seed, Pc); break;
        }

        for (var i = 0; i < shape.CElements; i++)
        {
            for (var lane = 0; lane < 32; lane++)
            {
                var value = sum[shape.C[32 * i + lane]];
                if (result == PtxType.F32) warp.Lane<uint>(d[i], lane) = double.IsNaN(value) ? 0x7FFFFFFF : BitConverter.SingleToUInt32Bits((float)value);
                else SetHalf(ref warp.Lane<uint>(d[i / 2], lane), i, double.IsNaN(value) ? (ushort)0x7FFF : BitConverter.HalfToUInt16Bits((Half)value));
            }
        }
    }

    private static int MinExponent(PtxType type) => type == PtxType.F16 ? -14 : -126;

    private static ushort Half(uint pair, int index) => (ushort)(pair >> (16 * (index & 1)));

    private static void SetHalf(ref uint pair, int index, ushort bits) =>
        pair = (index & 1) == 0 ? (pair & 0xFFFF0000) | bits : (pair & 0xFFFF) | ((uint)bits << 16);

    private unsafe void Gather(Warp warp, Slot[] registers, int[] positions, double* matrix)
    {
        for (var r = 0; r < registers.Length; r++)
        {
            var words = warp.At<uint>(registers[r]);
            fixed (int* position = &positions[32 * shape.PerRegister * r])
            {
                switch (input)
                {
                    case PtxType.BF16:
                        for (var lane = 0; lane < 32; lane++)
                        {
                            matrix[position[lane]] = BitConverter.UInt32BitsToSingle(words[lane] << 16);
                            matrix[position[32 + lane]] = BitConverter.UInt32BitsToSingle(words[lane] & 0xFFFF0000);
                        }

                        break;
                    case PtxType.F16:
                        for (var lane = 0; lane < 32; lane++)
                        {
                            matrix[position[lane]] = (double)BitConverter.UInt16BitsToHalf((ushort)words[lane]);
                            matrix[position[32 + lane]] = (double)BitConverter.UInt16BitsToHalf((ushort)(words[lane] >> 16));
                        }

                        break;
                    default:
                        // tf32 has 10 bits of mantissa; the unit ignores the 13 below.
                        for (var lane = 0; lane < 32; lane++) matrix[position[lane]] = BitConverter.UInt32BitsToSingle(words[lane] & 0xFFFFE000);
                        break;
                }
            }
        }
    }
}
