using System.Numerics;
using System.Runtime.Intrinsics;

namespace SiaEngine.Cpu;

/// <summary>
/// C = alpha · A Bᵀ + beta · C for a few rows of A: B, the larger by far, is read once, in order, and never packed, so that the product runs at the
/// speed of memory. This is a linear layer applied to the next token.
/// </summary>
internal static unsafe class RowProducts
{
    /// <summary>Rows of A up to which this is used; sums are in another order than those of tiles.</summary>
    public const int MostRows = 2;

    /// <summary>Bytes of B per task.</summary>
    private const int TaskBytes = 1 << 17;

    /// <summary>C = alpha · A Bᵀ + beta · C; C is [m, n], A [m, k], B [n, k], leading dimensions are row strides in elements.</summary>
    public static void Run<T>(int m, int n, int k, T alpha, T* a, nint lda, T* b, nint ldb, T beta, T* c, nint ldc)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        switch (Gemm.VectorBits)
        {
            case 512: new Job<T, Vector512<T>, Lanes512<T>>(m, n, k, alpha, a, lda, b, ldb, beta, c, ldc).Run(); break;
            case 256: new Job<T, Vector256<T>, Lanes256<T>>(m, n, k, alpha, a, lda, b, ldb, beta, c, ldc).Run(); break;
            default: new Job<T, Vector128<T>, Lanes128<T>>(m, n, k, alpha, a, lda, b, ldb, beta, c, ldc).Run(); break;
        }
    }

    private readonly struct Job<T, V, L>(int m, int n, int k, T alpha, T* a, nint lda, T* b, nint ldb, T beta, T* c, nint ldc)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct
        where L : struct, ILanes<T, V>
    {
        private const int Group = 4;

        private int ColumnsPerTask => Math.Max(1, TaskBytes / (Group * Math.Max(1, k) * sizeof(T))) * Group;

        public void Run() => RowParallel.For((n + ColumnsPerTask - 1) / ColumnsPerTask, this, static (job, task) => job.Run(task));

        private void Run(int task)
        {
            var end = Math.Min(n, (task + 1) * ColumnsPerTask);
            for (var j = task * ColumnsPerTask; j < end; j += Group)
            {
                // Past the last column the last is computed again, and not stored.
                var present = Math.Min(Group, end - j);
                for (var i = 0; i < m; i++) Dots(a + i * lda, b + j * ldb, present > 1 ? ldb : 0, present > 2 ? 2 * ldb : 0, present > 3 ? 3 * ldb : 0, c + i * ldc + j, present);
            }
        }

        /// <summary>Products of one row of A with up to four rows of B, at these offsets.</summary>
        private void Dots(T* x, T* b0, nint second, nint third, nint fourth, T* to, int present)
        {
            T* b1 = b0 + second, b2 = b0 + third, b3 = b0 + fourth;
            V s0 = L.Zero, s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
            nint p = 0;
            for (; p <= k - 2 * L.Count; p += 2 * L.Count)
            {
                V u = L.Load(x + p), v = L.Load(x + p + L.Count);
                s0 = L.MultiplyAdd(u, L.Load(b0 + p), s0);
                t0 = L.MultiplyAdd(v, L.Load(b0 + p + L.Count), t0);
                s1 = L.MultiplyAdd(u, L.Load(b1 + p), s1);
                t1 = L.MultiplyAdd(v, L.Load(b1 + p + L.Count), t1);
                s2 = L.MultiplyAdd(u, L.Load(b2 + p), s2);
                t2 = L.MultiplyAdd(v, L.Load(b2 + p + L.Count), t2);
                s3 = L.MultiplyAdd(u, L.Load(b3 + p), s3);
                t3 = L.MultiplyAdd(v, L.Load(b3 + p + L.Count), t3);
            }

            var sums = stackalloc T[Group] { L.Sum(L.Add(s0, t0)), L.Sum(L.Add(s1, t1)), L.Sum(L.Add(s2, t2)), L.Sum(L.Add(s3, t3)) };
            for (; p < k; p++)
            {
                sums[0] += x[p] * b0[p];
                sums[1] += x[p] * b1[p];
                sums[2] += x[p] * b2[p];
                sums[3] += x[p] * b3[p];
            }

            for (var j = 0; j < present; j++) to[j] = beta == T.Zero ? alpha * sums[j] : alpha * sums[j] + beta * to[j];
        }
    }
}
