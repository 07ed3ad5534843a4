using System.Text;
using SiaEngine.Cuda;
using static SiaEngine.Tests.Cuda.Foreign.ForeignKernels;

namespace SiaEngine.Tests.Cuda.Foreign;

/// <summary>Memory spaces, atomics, bytes.</summary>
internal static class MemoryKernels
{
    public static ForeignKernel[] All =>
    [
        new("histogram", static run =>
        {
            var data = Bytes(51, 900);
            var bins = run.In(new uint[256]);
            run.Launch("histogram", new LaunchShape(3, 1, 1, 96), run.In(data), data.Length, bins);
            run.Same<uint>([.. Enumerable.Range(0, 256).Select(b => (uint)data.Count(d => d == b))], bins.Read());
        }),
        new("last_block", static run =>
        {
            var x = Floats(52, 1500);
            var (partial, result) = (run.Out<float>(4), run.Out<float>(1));
            for (var round = 0; round < 2; round++) run.Launch("last_block", new LaunchShape(4, 1, 1, 128), run.In(x), x.Length, partial, result);
            run.Near([x.Sum(v => (double)v)], result.Read(), 0, 1e-4);
        }, ClangOptimised: false),
        new("grid_stride", static run =>
        {
            const int count = 4 * 130 + 3;
            var (x, y) = (Floats(53, count), Floats(54, count));
            var result = run.In(y);
            run.Launch("grid_stride", new LaunchShape(2, 1, 1, 32), 1.5f, run.In(x), result, (long)count);
            run.Near([.. x.Zip(y, (u, v) => 1.5 * u + v)], result.Read(), 0, 2e-7);
        }),
        new("dynamic_shared", static run =>
        {
            var x = Doubles(55, 96);
            var (y, negatives) = (run.Out<double>(96), run.Out<int>(2));
            run.Launch("dynamic_shared", new LaunchShape(2, 1, 1, 48, SharedBytes: 48 * 10), run.In(x), y, negatives);
            run.Same<double>([.. x.Chunk(48).SelectMany(part => part.Reverse())], y.Read());
            run.Same<int>([.. x.Chunk(48).Select(part => part.Count(v => v < 0))], negatives.Read());
        }),
        new("radix_count", static run =>
        {
            var keys = Words(56, 300);
            var totals = run.Out<uint>(32);
            run.Launch("radix_count", new LaunchShape(2, 1, 1, 64), run.In(keys), 300, 12, totals);
            var expected = new uint[32];
            for (var i = 0; i < 300; i++) expected[(keys[i] >> 12 & 15) * 2 + i / 64 % 2]++;
            run.Same<uint>(expected, totals.Read());
        }),
        new("life", static run =>
        {
            const int width = 17, height = 12;
            var cells = Bytes(57, width * height).Select(b => (byte)(b % 2)).ToArray();
            var next = run.Out<byte>(cells.Length);
            run.Launch("life", new LaunchShape(2, 1, 1, 64), run.In(cells), next, width, height);
            var expected = new byte[cells.Length];
            for (var i = 0; i < cells.Length; i++)
            {
                var alive = -cells[i];
                for (var d = 0; d < 9; d++) alive += cells[(i / width + d / 3 - 1 + height) % height * width + (i % width + d % 3 - 1 + width) % width];
                expected[i] = (byte)(alive == 3 || (alive == 2 && cells[i] == 1) ? 1 : 0);
            }

            run.Same<byte>(expected, next.Read());
        }),
        new("crc32", static run =>
        {
            byte[][] messages = ["123456789"u8.ToArray(), "a"u8.ToArray(), [], .. Enumerable.Range(0, 40).Select(i => Bytes(i, i * 3 % 50))];
            var starts = new int[messages.Length + 1];
            for (var i = 0; i < messages.Length; i++) starts[i + 1] = starts[i] + messages[i].Length;
            var y = run.Out<uint>(messages.Length);
            run.Launch("crc32", LaunchShape.Elements(messages.Length, 64), run.In(messages.SelectMany(m => m).ToArray()), run.In(starts), y, messages.Length);
            var expected = messages.Select(message =>
            {
                var crc = uint.MaxValue;
                foreach (var b in message)
                    for (var bit = 0; bit < 8; bit++) crc = ((crc ^ (uint)(b >> bit)) & 1) != 0 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
                return ~crc;
            }).ToArray();
            Assert.Equal(0xcbf43926u, expected[0]);
            run.Same<uint>(expected, y.Read());
        }),
        new("xorshift", static run =>
        {
            const ulong seed = 12345;
            var (inside, largest) = (run.In(new ulong[1]), run.In([int.MinValue]));
            run.Launch("xorshift", new LaunchShape(2, 1, 1, 32), (long)seed, 20, inside, largest);
            ulong hits = 0;
            var top = int.MinValue;
            for (var thread = 0u; thread < 64; thread++)
            {
                var state = unchecked(seed + (thread + 1) * 0x9e3779b97f4a7c15);
                uint Next()
                {
                    state ^= state >> 12;
                    state ^= state << 25;
                    state ^= state >> 27;
                    return (uint)(unchecked(state * 0x2545f4914f6cdd1d) >> 32);
                }

                for (var i = 0; i < 20; i++)
                {
                    float x = Next() * 2.3283064e-10f, y = Next() * 2.3283064e-10f, xx = x * x, yy = y * y;
                    if (xx + yy < 1) hits++;
                    top = Math.Max(top, (int)Next());
                }
            }

            run.Same<ulong>([hits], inside.Read());
            run.Same<int>([top], largest.Read());
        }),
        new("string_search", static run =>
        {
            const string text = "the cat sat on the mat with the other cat; the end of the thesis";
            var (first, found) = (run.In([int.MaxValue]), run.In(new uint[3]));
            run.Launch("string_search", LaunchShape.Elements(text.Length, 32), run.In(Encoding.ASCII.GetBytes(text)), text.Length, run.In("the "u8.ToArray()), 4, first, found);
            var expected = new uint[3];
            for (var at = text.IndexOf("the ", StringComparison.Ordinal); at >= 0; at = text.IndexOf("the ", at + 1, StringComparison.Ordinal)) expected[at / 32] |= 1u << (at % 32);
            run.Same<int>([0], first.Read());
            run.Same<uint>(expected, found.Read());
        }),
        new("cas_loop", static run =>
        {
            var x = Floats(58, 100);
            var (largest, sum) = (run.In([-5f]), run.In(new double[1]));
            run.Launch("cas_loop", LaunchShape.Elements(100, 32), run.In(x), 100, largest, sum);
            run.Same<float>([x.Max()], largest.Read());
            run.Near([x.Sum(v => (double)v)], sum.Read(), 0, 1e-12);
        }),
        new("pointer_chase", static run =>
        {
            var links = Integers(59, 40, 0, 40);
            var y = run.Out<int>(60);
            run.Launch("pointer_chase", new LaunchShape(1, 1, 1, 60), run.In(links), y, 40);
            run.Same<int>([.. Enumerable.Range(0, 60).Select(t =>
            {
                var at = t & 7;
                for (var i = 0; i < 5; i++) at = t % 3 == 2 ? (at * 3 + t) & 7 : links[at];
                return at;
            })], y.Read());
        }),
    ];
}
