using SiaEngine.Cuda;
using static SiaEngine.Tests.Cuda.Foreign.ForeignKernels;

namespace SiaEngine.Tests.Cuda.Foreign;

/// <summary>Control flow, calls, local memory, barriers.</summary>
internal static class ControlKernels
{
    public static ForeignKernel[] All =>
    [
        new("local_array", static run =>
        {
            var x = Integers(41, 40 * 24, -1000, 1000);
            var y = run.Out<int>(x.Length);
            run.Launch("local_array", new LaunchShape(1, 1, 1, 40), run.In(x), y);
            run.Same<int>([.. x.Chunk(24).SelectMany(part => part.Order())], y.Read());
        }),
        new("switch_table", static run =>
        {
            const int length = 30, threads = 64;
            var random = new Random(42);
            var programs = new byte[threads * length];
            var expected = new int[threads];
            for (var t = 0; t < threads; t++)
            {
                var stack = new List<int>();
                for (var pc = 0; pc < length; pc++)
                {
                    var operation = stack.Count switch { 0 => 0, 1 => random.Next(5) switch { 0 => 0, 1 => 4, 2 => 6, 3 => 7, _ => 9 }, > 12 => random.Next(3) + 1, _ => random.Next(12) };
                    var argument = random.Next(16);
                    programs[t * length + pc] = (byte)(operation | argument << 4);
                    Step(stack, operation, argument);
                }

                expected[t] = stack[^1];
            }

            var y = run.Out<int>(threads);
            run.Launch("switch_table", new LaunchShape(1, 1, 1, threads), run.In(programs), length, y);
            run.Same<int>(expected, y.Read());
        }),
        new("device_calls", static run =>
        {
            const int count = 70;
            var x = Integers(43, count, 1, 500);
            var y = run.Out<long>(count);
            run.Launch("device_calls", LaunchShape.Elements(count, 32), run.In(x), y, count);
            static long Gcd(long a, long b) => b == 0 ? a : Gcd(b, a % b);
            var expected = new long[count];
            for (var i = 0; i < count; i++)
            {
                long sum = x[i] / 7 * 1000 + x[i] % 7;
                if (x[i] % 3 != 0) sum += Gcd(x[i], 360);
                for (var j = 0; j < (i & 3); j++) sum += (i + j) % 2 == 1 ? Gcd(i + j, x[i]) : x[i] - i - j;
                expected[i] = sum + unchecked((sbyte)x[i] + (short)(x[i] * 3) * 3) + x[i] * 9 * 5 + x[i] * 100000L * 7 + (long)(x[i] * 0.5f * 11) + (long)(x[i] * 0.25 * 13);
            }

            run.Same<long>(expected, y.Read());
        }),
        new("struct_value", static run =>
        {
            const int count = 50;
            var random = new Random(44);
            var vectors = new Vector[count];
            for (var i = 0; i < count; i++) vectors[i] = new Vector(random.Next(9), random.Next(9), random.Next(9), i);
            var (y, pairs) = (run.Out<Vector>(count), run.Out<(int, float)>(count));
            run.Launch("struct_value", new LaunchShape(1, 1, 1, 64), 5 | ((long)BitConverter.SingleToInt32Bits(0.5f) << 32), run.In(vectors), y, pairs, count);
            var expected = new Vector[count];
            for (var i = 0; i < count; i++)
            {
                var (a, b) = (vectors[i], vectors[i + 1 < count ? i + 1 : 0]);
                expected[i] = new Vector(a.Y * b.Z - a.Z * b.Y, a.Z * b.X - a.X * b.Z, a.X * b.Y - a.Y * b.X, a.Tag * 100 + b.Tag);
            }

            run.Same<Vector>(expected, y.Read());
            run.Same<(int, float)>([.. expected.Select(v => (5 + v.Tag, 0.5f * (float)v.Z))], pairs.Read());
        }),
        new("early_exit", static run =>
        {
            const int count = 90, limit = 100;
            var x = Integers(45, count, 1, 3000).Select(v => (uint)v).ToArray();
            var y = run.Out<int>(count);
            run.Launch("early_exit", LaunchShape.Elements(count, 64), run.In(x), y, count, limit);
            run.Same<int>([.. x.Select(v =>
            {
                var steps = 0;
                for (ulong n = v; n != 1; steps++) n = n % 2 == 0 ? n / 2 : 3 * n + 1;
                return steps > limit ? -1 : steps;
            })], y.Read());
        }),
        new("volatile_flag", static run =>
        {
            var x = Integers(46, 32, 0, 100);
            var y = run.Out<int>(32);
            run.Launch("volatile_flag", new LaunchShape(1, 1, 1, 64), run.In(x), y);
            run.Same<int>([.. x.Reverse().Select(v => 3 * v)], y.Read());
        }),
        new("barriers", static run =>
        {
            var x = Integers(47, 128, -999, 1000);
            var (y, votes) = (run.Out<int>(192), run.Out<int>(3));
            run.Launch("barriers", new LaunchShape(1, 1, 1, 128), run.In(x), y, votes);
            run.Same<int>([x.Count(v => v > 0), x.Any(v => v > 900) ? 1 : 0, 1], votes.Read());
            run.Same<int>([.. Enumerable.Range(0, 192).Select(i => x[63 - i % 64] + i / 64)], y.Read());
        }),
        new("edit_distance", static run =>
        {
            string[] words = ["kitten", "sitting", "a", "", "saturday", "sunday", "mitten", "sixteen letters!"];
            var bytes = new byte[16 * words.Length];
            for (var i = 0; i < words.Length; i++) System.Text.Encoding.ASCII.GetBytes(words[i]).CopyTo(bytes, 16 * i);
            var y = run.Out<int>(words.Length);
            run.Launch("edit_distance", new LaunchShape(1, 1, 1, 32), run.In(bytes), run.In("sitten"u8.ToArray()), 6, y, words.Length);
            run.Same<int>([.. words.Select(word => Distance(word, "sitten"))], y.Read());
        }),
        new("bitonic", static run =>
        {
            var keys = Words(48, 512);
            var values = Enumerable.Range(0, 512).Select(i => (ushort)i).ToArray();
            var (k, v) = (run.In(keys), run.In(values));
            run.Launch("bitonic", new LaunchShape(2, 1, 1, 256), k, v);
            var sorted = Enumerable.Range(0, 512).OrderBy(i => i / 256).ThenBy(i => keys[i]).ToArray();
            run.Same<uint>([.. sorted.Select(i => keys[i])], k.Read());
            run.Same<ushort>([.. sorted.Select(i => (ushort)i)], v.Read());
        }),
    ];

    private static void Step(List<int> stack, int operation, int argument)
    {
        int Pop()
        {
            var value = stack[^1];
            stack.RemoveAt(stack.Count - 1);
            return value;
        }

        unchecked
        {
            switch (operation)
            {
                case 0: stack.Add(argument); break;
                case 1: stack[^2] += stack[^1]; Pop(); break;
                case 2: stack[^2] -= stack[^1]; Pop(); break;
                case 3: stack[^2] *= stack[^1]; Pop(); break;
                case 4: stack.Add(stack[^1]); break;
                case 5: (stack[^1], stack[^2]) = (stack[^2], stack[^1]); break;
                case 6: stack[^1] = -stack[^1]; break;
                case 7: stack[^1] = ~stack[^1] ^ argument; break;
                case 8: stack[^2] = stack[^1] is 0 ? 0 : (int)((long)stack[^2] / stack[^1]); Pop(); break;
                case 9: stack[^1] <<= argument & 3; break;
                default: break;
            }
        }
    }

    private static int Distance(string a, string b)
    {
        if (a.Length == 0 || b.Length == 0) return a.Length + b.Length;
        return Math.Min(Math.Min(Distance(a[1..], b), Distance(a, b[1..])) + 1, Distance(a[1..], b[1..]) + (a[0] == b[0] ? 0 : 1));
    }

    private readonly record struct Vector(double X, double Y, double Z, int Tag);
}
