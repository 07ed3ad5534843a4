namespace SiaEngine.Cuda.Simulator;

/// <summary><see cref="MmaNumerics.ExactRounded"/>: the exact sum rounded to nearest once.</summary>
internal static unsafe class ExactSum
{
    /// <summary>Computes C.</summary>
    public static void Run(in MmaProblem p)
    {
        var parts = stackalloc double[p.Shape.K + 1];
        for (var row = 0; row < p.Shape.M; row++)
        {
            for (var column = 0; column < p.Shape.N; column++)
            {
                var target = p.C + row * p.Shape.N + column;
                if (p.Special(row, column) is { } special)
                {
                    *target = special;
                    continue;
                }

                var count = 0;
                Add(parts, ref count, *target);
                for (var i = 0; i < p.Shape.K; i++) Add(parts, ref count, p.A[row * p.Shape.K + i] * p.B[i * p.Shape.N + column]);
                var sum = ToOdd(parts, count);
                *target = p.Single ? (float)sum : sum;
            }
        }
    }

    /// <summary>Adds a number to a sum kept as doubles of which none overlap, smallest first (Shewchuk 1997, grow-expansion).</summary>
    private static void Add(double* parts, ref int count, double x)
    {
        var kept = 0;
        for (var i = 0; i < count; i++)
        {
            double high = x + parts[i], back = high - x;
            var low = (x - (high - back)) + (parts[i] - back);
            if (low != 0) parts[kept++] = low;
            x = high;
        }

        parts[kept++] = x;
        count = kept;
    }

    /// <summary>The sum rounded to odd: to the neighbour whose last bit is set unless it is exact, so that rounding it once more gives the nearest.</summary>
    private static double ToOdd(double* parts, int count)
    {
        var sum = parts[count - 1];
        double rest = 0;
        for (var i = count - 2; i >= 0 && rest == 0; i--)
        {
            var next = sum + parts[i];
            rest = parts[i] - (next - sum);
            sum = next;
        }

        var bits = BitConverter.DoubleToUInt64Bits(sum);
        if (rest == 0 || (bits & 1) != 0) return sum;
        return BitConverter.UInt64BitsToDouble(rest > 0 == sum > 0 ? bits + 1 : bits - 1);
    }
}
