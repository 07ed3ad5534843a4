using System.Numerics;
using SiaEngine.Cuda;
using static SiaEngine.Tests.Cuda.Foreign.ForeignKernels;

namespace SiaEngine.Tests.Cuda.Foreign;

/// <summary>Kernels whose lanes talk: reductions, scans, votes, matches.</summary>
internal static class WarpKernels
{
    public static ForeignKernel[] All =>
    [
        new("reduce_sum", static run =>
        {
            var x = Floats(1, 1000);
            var sums = run.Out<float>(3);
            run.Launch("reduce_sum", new LaunchShape(3, 1, 1, 128), run.In(x), sums, x.Length);
            var expected = new double[3];
            for (var i = 0; i < x.Length; i++) expected[i / 128 % 3] += x[i];
            run.Near(expected, sums.Read(), 0, 1e-4);
        }),
        new("scan", static run =>
        {
            var x = Integers(2, 300, -50, 50);
            var (y, totals, z) = (run.Out<int>(300), run.Out<int>(3), run.Out<int>(100));
            run.Launch("scan", new LaunchShape(3, 1, 1, 128), run.In(x), y, totals, 300);
            run.Launch("scan_hillis_steele", new LaunchShape(1, 1, 1, 128, SharedBytes: 1024), run.In(x[..100]), z, 100);
            var expected = new int[300];
            for (var i = 0; i < 300; i++) expected[i] = x[i] + (i % 128 == 0 ? 0 : expected[i - 1]);
            run.Same<int>(expected, y.Read());
            run.Same<int>([expected[127], expected[255], expected[299]], totals.Read());
            run.Same<int>(expected.AsSpan(0, 100), z.Read());
        }),
        new("compaction", static run =>
        {
            var x = Integers(3, 500, -10, 10);
            var expected = x.Where(v => v > 0).Order().ToArray();
            foreach (var (entry, blocks) in new[] { ("compaction", 4), ("compaction_active", 1) })
            {
                var (kept, size) = (run.Out<int>(500), run.In(new int[1]));
                run.Launch(entry, new LaunchShape(blocks, 1, 1, 128), run.In(x), 500, kept, size);
                Assert.Equal(expected.Length, size.Read()[0]);
                run.Same<int>(expected, [.. kept.Read().Take(expected.Length).Order()]);
            }
        }),
        new("match_groups", static run =>
        {
            var keys = Integers(4, 150, 0, 9);
            var (counts, same) = (run.In(new int[9]), run.Out<int>(150));
            run.Launch("match_groups", new LaunchShape(3, 1, 1, 64), run.In(keys), counts, same, 150);
            run.Same<int>([.. Enumerable.Range(0, 9).Select(k => keys.Count(key => key == k))], counts.Read());
            var expected = new int[150];
            for (var i = 0; i < 150; i++)
            {
                var group = keys.Skip(i / 32 * 32).Take(32).ToArray();
                expected[i] = 1 + (group.Contains(3) ? 2 : 0) + (group.All(key => key < 8) ? 4 : 0);
            }

            run.Same<int>(expected, same.Read());
        }),
        new("divergent_prefix", static run =>
        {
            var x = Integers(5, 64, -100, 100);
            var y = run.Out<int>(64);
            run.Launch("divergent_prefix", new LaunchShape(1, 1, 1, 64), run.In(x), y);
            var (partial, expected) = (new int[64], new int[64]);
            for (var i = 0; i < 64; i++) partial[i] = i % 16 == 0 ? x[i] : i % 32 < 16 ? partial[i - 1] + x[i] : Math.Max(partial[i - 1], x[i]);
            for (var i = 0; i < 64; i++)
            {
                int v = partial[i], swapped = partial[i ^ 16];
                expected[i] = (i % 32 % 3) switch { 0 => v + swapped, 1 => v - swapped, _ => v ^ swapped };
            }

            run.Same<int>(expected, y.Read());
        }),
        new("dp4a", static run =>
        {
            var (a, b) = (Words(6, 100).Select(w => (int)w).ToArray(), Words(7, 100).Select(w => (int)w).ToArray());
            var y = run.Out<int>(96);
            run.Launch("dp4a", new LaunchShape(1, 1, 1, 32), run.In(a), run.In(b), y, 100);
            var expected = new int[96];
            for (var lane = 0; lane < 32; lane++)
            {
                expected[32 + lane] = 5;
                for (var i = lane; i < 100; i += 32)
                {
                    for (var j = 0; j < 4; j++)
                    {
                        expected[lane] += (sbyte)(a[i] >> (8 * j)) * (sbyte)(b[i] >> (8 * j));
                        expected[32 + lane] += (byte)(a[i] >> (8 * j)) * (byte)(b[i] >> (8 * j));
                    }

                    for (var j = 0; j < 2; j++) expected[lane] += (short)(a[i] >> (16 * j)) * (sbyte)(b[i] >> (8 * j));
                }
            }

            for (var lane = 0; lane < 32; lane++) expected[64 + lane] = expected.Take(32).Sum(v => v & 0xffff) + expected.Take(32).Max();
            run.Same<int>(expected, y.Read());
        }, Clang: false),
        new("bits", static run =>
        {
            const int count = 70;
            var x = Words(8, count);
            (x[3], x[9], x[20]) = (0, uint.MaxValue, 1);
            var y = run.Out<uint>(14 * count);
            run.Launch("bits", LaunchShape.Elements(count, 32), run.In(x), y, count);
            var expected = new uint[14 * count];
            for (var i = 0; i < count; i++)
            {
                uint a = x[i], b = x[(i + 1) % count];
                var w = ((ulong)a << 32) | b;
                unchecked
                {
                    int First(ulong v) => v == 0 ? 0 : BitOperations.TrailingZeroCount(v) + 1;
                    expected[i] = (uint)(BitOperations.PopCount(a) + 100 * BitOperations.LeadingZeroCount(a) + 10000 * First(b));
                    expected[count + i] = (uint)(Reverse(a) >> 32);
                    for (var j = 0; j < 4; j++) expected[2 * count + i] |= (uint)((((ulong)b << 32 | a) >> (int)(8 * (b >> (4 * j) & 7))) & 0xff) << (8 * j);
                    var wide = ((ulong)b << 32) | a;
                    expected[3 * count + i] = (uint)((wide << (int)(a & 31)) >> 32);
                    expected[4 * count + i] = (uint)(wide >> (int)Math.Min(b & 63, 32));
                    expected[5 * count + i] = (uint)(BitOperations.PopCount(w) + 100 * BitOperations.LeadingZeroCount(w) + 10000 * First(w));
                    expected[6 * count + i] = (uint)(Reverse(w) >> 17);
                    expected[7 * count + i] = (uint)(((long)(int)a * (int)b) >> 32) ^ (uint)(((ulong)a * b) >> 32);
                    expected[8 * count + i] = (uint)Math.BigMul(w, w ^ 0x123456789abcdef, out _);
                    expected[9 * count + i] = (uint)Math.Abs((long)(int)a - (int)b) + 7 + (uint)Math.Abs((long)a - b) + 9;
                    expected[10 * count + i] = (uint)(((ulong)a + b) >> 1) + (uint)(((long)(int)a + (int)b) >> 1);
                    expected[11 * count + i] = BitOperations.RotateRight(a, (int)(b & 31));
                    expected[12 * count + i] = (uint)(((int)a >> 5) * 3) ^ (a >> 13 & 0x1ff);
                    expected[13 * count + i] = BitConverter.SingleToUInt32Bits(BitConverter.UInt32BitsToSingle((a & 0x3fffffff) | 0x20000000) * 2);
                }
            }

            run.Same<uint>(expected, y.Read());
        }, Clang: false),
    ];

    /// <summary>The 64 bits in reverse order.</summary>
    private static ulong Reverse(ulong x)
    {
        ulong result = 0;
        for (var i = 0; i < 64; i++) result |= (x >> i & 1) << (63 - i);
        return result;
    }
}
