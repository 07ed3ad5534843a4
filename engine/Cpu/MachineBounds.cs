using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SiaEngine.Cpu;

/// <summary>
/// What this machine can do at most, by loops that do nothing else: fused multiply-adds on registers, and reading memory that no cache holds. The best of several tries, since anything
/// that disturbs a try only makes it slower.
/// </summary>
/// <param name="FmaOneThread">f32 GFLOP/s of one thread.</param>
/// <param name="FmaAllThreads">f32 GFLOP/s of <paramref name="Threads"/> threads.</param>
/// <param name="ReadOneThread">GB/s read by one thread.</param>
/// <param name="ReadAllThreads">GB/s read by <paramref name="Threads"/> threads.</param>
/// <param name="Threads">Threads of the team.</param>
public sealed record MachineBounds(double FmaOneThread, double FmaAllThreads, double ReadOneThread, double ReadAllThreads, int Threads)
{
    private const int Tries = 7, Chains = 12, Rounds = 1 << 22;

    /// <summary>Bits of the widest vectors the kernels use here.</summary>
    public static int VectorBits => Gemm.VectorBits;

    /// <summary>Measures for about two seconds; <paramref name="bytes"/> is what is read, more than any cache holds.</summary>
    public static unsafe MachineBounds Measure(long bytes = 512L << 20)
    {
        var threads = RowParallel.Threads;
        var memory = (float*)NativeMemory.AlignedAlloc((nuint)bytes, 64);
        try
        {
            new Span<float>(memory, checked((int)(bytes / sizeof(float)))).Fill(1);
            double Fma(int count) => count * 2.0 * Chains * Rounds * (VectorBits / 32) / Best(new Work(null, 0, count));
            double Read(int count) => bytes / Best(new Work(memory, bytes / sizeof(float), count));
            return new(Fma(1) / 1e9, Fma(threads) / 1e9, Read(1) / 1e9, Read(threads) / 1e9, threads);
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    private static double Best(Work work)
    {
        var best = double.PositiveInfinity;
        for (var i = 0; i < Tries; i++)
        {
            var start = Stopwatch.GetTimestamp();
            RowParallel.For(work.Parts, work, static (work, part) => work.Run(part));
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }

    // Without memory, multiply-adds; with it, a part of the floats is read.
    private readonly unsafe struct Work(float* memory, long count, int parts)
    {
        private static float _sink;

        public int Parts => parts;

        public void Run(int part)
        {
            var sum = VectorBits switch
            {
                512 => Run<Vector512<float>, Lanes512<float>>(part),
                256 => Run<Vector256<float>, Lanes256<float>>(part),
                _ => Run<Vector128<float>, Lanes128<float>>(part),
            };
            Volatile.Write(ref _sink, sum);
        }

        private float Run<V, L>(int part) where V : struct where L : struct, ILanes<float, V>
        {
            var step = count / parts / 64 * 64;
            return memory == null ? MultiplyAdd<V, L>() : Read<V, L>(memory + part * step, step);
        }

        // Twelve chains cover the latency of two units and, with two operands, fit 16 registers.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static float MultiplyAdd<V, L>() where V : struct where L : struct, ILanes<float, V>
        {
            V x = L.Broadcast(0.999f), y = L.Broadcast(0.001f);
            V a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
            for (var round = 0; round < Rounds; round++)
            {
                a = L.MultiplyAdd(a, x, y);
                b = L.MultiplyAdd(b, x, y);
                c = L.MultiplyAdd(c, x, y);
                d = L.MultiplyAdd(d, x, y);
                e = L.MultiplyAdd(e, x, y);
                f = L.MultiplyAdd(f, x, y);
                g = L.MultiplyAdd(g, x, y);
                h = L.MultiplyAdd(h, x, y);
                i = L.MultiplyAdd(i, x, y);
                j = L.MultiplyAdd(j, x, y);
                k = L.MultiplyAdd(k, x, y);
                l = L.MultiplyAdd(l, x, y);
            }

            return L.Sum(L.Add(L.Add(L.Add(a, b), L.Add(c, d)), L.Add(L.Add(L.Add(e, f), L.Add(g, h)), L.Add(L.Add(i, j), L.Add(k, l)))));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static float Read<V, L>(float* source, long count) where V : struct where L : struct, ILanes<float, V>
        {
            V a = L.Zero, b = L.Zero, c = L.Zero, d = L.Zero;
            for (long i = 0; i + 4 * L.Count <= count; i += 4 * L.Count)
            {
                a = L.Add(a, L.Load(source + i));
                b = L.Add(b, L.Load(source + i + L.Count));
                c = L.Add(c, L.Load(source + i + 2 * L.Count));
                d = L.Add(d, L.Load(source + i + 3 * L.Count));
            }

            return L.Sum(L.Add(L.Add(a, b), L.Add(c, d)));
        }
    }
}
