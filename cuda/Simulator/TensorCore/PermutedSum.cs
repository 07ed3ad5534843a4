namespace SiaEngine.Cuda.Simulator;

/// <summary><see cref="MmaNumerics.Permuted"/>: fused multiply-adds in f32, one after the other, the old value somewhere among them.</summary>
internal static unsafe class PermutedSum
{
    /// <summary>Computes C in the order that belongs to a seed and an instruction.</summary>
    public static void Run(in MmaProblem p, ulong seed, int pc)
    {
        var (m, n, k) = (p.Shape.M, p.Shape.N, p.Shape.K);
        var order = stackalloc int[k + 1];
        for (var i = 0; i <= k; i++) order[i] = i;
        var state = seed ^ ((ulong)pc * 0x9E3779B97F4A7C15);
        for (var i = k; i > 0; i--)
        {
            var other = (int)(Next(ref state) % (ulong)(i + 1));
            (order[i], order[other]) = (order[other], order[i]);
        }

        for (var row = 0; row < m; row++)
        {
            for (var column = 0; column < n; column++)
            {
                var target = p.C + row * n + column;
                var sum = 0f;
                for (var i = 0; i <= k; i++)
                {
                    sum = order[i] == k
                        ? sum + (float)*target
                        : MathF.FusedMultiplyAdd((float)p.A[row * k + order[i]], (float)p.B[order[i] * n + column], sum);
                }

                *target = sum;
            }
        }
    }

    // SplitMix64.
    private static ulong Next(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
