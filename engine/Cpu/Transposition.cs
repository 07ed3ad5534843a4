using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace SiaEngine.Cpu;

/// <summary>Transposed copies: four by four in registers for f32 where the processor can zip vectors, element by element otherwise.</summary>
internal static unsafe class Transposition
{
    /// <summary>Columns of the source per pass: what a pass writes stays in the L1 cache while the rows go by.</summary>
    private const int Chunk = 64;

    private static bool Zips => Sse2.IsSupported || AdvSimd.Arm64.IsSupported;

    /// <summary>target[c, r] = source[r, c] for <paramref name="rows"/> × <paramref name="columns"/> elements; row strides in elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy<T>(T* source, nint sourceRow, int rows, int columns, T* target, nint targetRow) where T : unmanaged, INumberBase<T>
    {
        var squares = Zips && typeof(T) == typeof(float) ? rows & -4 : 0;
        for (var first = 0; first < columns; first += Chunk)
        {
            var end = Math.Min(columns, first + Chunk);
            for (var r = 0; r < squares; r += 4) Squares((float*)(source + r * sourceRow), sourceRow, first, end, (float*)(target + r), targetRow);
            for (var r = squares; r < rows; r++)
            {
                for (var c = first; c < end; c++) target[c * targetRow + r] = source[r * sourceRow + c];
            }
        }
    }

    /// <summary>Four rows of the source, columns [first, end).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Squares(float* source, nint sourceRow, int first, int end, float* target, nint targetRow)
    {
        float* row0 = source, row1 = row0 + sourceRow, row2 = row1 + sourceRow, row3 = row2 + sourceRow;
        nint c = first;
        if (Avx.IsSupported)
        {
            // Two squares side by side, one in the lower halves of the registers and one in the upper. The next four rows, which the caller asks for
            // after these, are on their way meanwhile: rows are short and far apart, so that the processor does not guess them.
            for (; c <= end - 8; c += 8)
            {
                Sse.Prefetch0(row0 + c + 4 * sourceRow);
                Sse.Prefetch0(row1 + c + 4 * sourceRow);
                Sse.Prefetch0(row2 + c + 4 * sourceRow);
                Sse.Prefetch0(row3 + c + 4 * sourceRow);
                Vector256<float> a = Vector256.Load(row0 + c), b = Vector256.Load(row1 + c), x = Vector256.Load(row2 + c), y = Vector256.Load(row3 + c);
                Vector256<double> ab = Avx.UnpackLow(a, b).AsDouble(), xy = Avx.UnpackLow(x, y).AsDouble(), abHigh = Avx.UnpackHigh(a, b).AsDouble(), xyHigh = Avx.UnpackHigh(x, y).AsDouble();
                var to = target + c * targetRow;
                Halves(Avx.UnpackLow(ab, xy).AsSingle(), to, to + 4 * targetRow);
                Halves(Avx.UnpackHigh(ab, xy).AsSingle(), to + targetRow, to + 5 * targetRow);
                Halves(Avx.UnpackLow(abHigh, xyHigh).AsSingle(), to + 2 * targetRow, to + 6 * targetRow);
                Halves(Avx.UnpackHigh(abHigh, xyHigh).AsSingle(), to + 3 * targetRow, to + 7 * targetRow);
            }
        }

        for (; c <= end - 4; c += 4)
        {
            Vector128<float> a = Vector128.Load(row0 + c), b = Vector128.Load(row1 + c), x = Vector128.Load(row2 + c), y = Vector128.Load(row3 + c);
            Vector128<double> ab = Low(a, b).AsDouble(), xy = Low(x, y).AsDouble(), abHigh = High(a, b).AsDouble(), xyHigh = High(x, y).AsDouble();
            var to = target + c * targetRow;
            Low(ab, xy).AsSingle().Store(to);
            High(ab, xy).AsSingle().Store(to + targetRow);
            Low(abHigh, xyHigh).AsSingle().Store(to + 2 * targetRow);
            High(abHigh, xyHigh).AsSingle().Store(to + 3 * targetRow);
        }

        for (; c < end; c++) Vector128.Create(row0[c], row1[c], row2[c], row3[c]).Store(target + c * targetRow);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Halves(Vector256<float> x, float* lower, float* upper)
    {
        x.GetLower().Store(lower);
        x.GetUpper().Store(upper);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Low(Vector128<float> a, Vector128<float> b) => Sse2.IsSupported ? Sse.UnpackLow(a, b) : AdvSimd.Arm64.ZipLow(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> High(Vector128<float> a, Vector128<float> b) => Sse2.IsSupported ? Sse.UnpackHigh(a, b) : AdvSimd.Arm64.ZipHigh(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> Low(Vector128<double> a, Vector128<double> b) => Sse2.IsSupported ? Sse2.UnpackLow(a, b) : AdvSimd.Arm64.ZipLow(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> High(Vector128<double> a, Vector128<double> b) => Sse2.IsSupported ? Sse2.UnpackHigh(a, b) : AdvSimd.Arm64.ZipHigh(a, b);
}
