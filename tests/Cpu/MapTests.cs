using System.Numerics;
using SiaEngine.Cpu;

namespace SiaEngine.Tests.Cpu;

/// <summary>The elementwise driver at every register width, length and alignment, between guard pages.</summary>
public unsafe class MapTests
{
    [Theory, InlineData(1), InlineData(128), InlineData(256), InlineData(512)]
    public void Every_width_and_length(int bits)
    {
        using var cpu = new CpuDevice();
        EveryLength.Run(cpu, DType.F32, 2, (t, n) => Check<float>(bits, t, n));
        EveryLength.Run(cpu, DType.F64, 2, (t, n) => Check<double>(bits, t, n));
    }

    [Fact]
    public void Splits_long_arrays_into_tasks_that_cover_them()
    {
        foreach (var n in (int[])[Map.TaskSize - 1, Map.TaskSize, Map.TaskSize + 1, 3 * Map.TaskSize + 7])
        {
            var (x, y) = (new float[n], new float[n]);
            for (var i = 0; i < n; i++) x[i] = i;
            fixed (float* px = x, py = y) Map.Run(default(Twice<float>), px, py, n);
            for (var i = 0; i < n; i++) Assert.Equal(2f * i, y[i]);
        }
    }

    private static void Check<T>(int bits, Tensor[] t, int n) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T* a = (T*)t[0].Address, b = (T*)t[1].Address, y = (T*)t[2].Address;
        var (x0, x1) = (t[0].ToArray<T>(), t[1].ToArray<T>());
        Range(bits, new UnaryPass<T, Twice<T>>(default, a, y), n);
        Expect(i => x0[i] + x0[i]);
        Range(bits, new AddUnaryPass<T, Twice<T>>(default, b, y), n);
        Expect(i => x0[i] + x0[i] + (x1[i] + x1[i]));
        Range(bits, new BinaryPass<T, Difference<T>>(default, a, b, y), n);
        Expect(i => x0[i] - x1[i]);
        Range(bits, new AddBinaryPass<T, Difference<T>>(default, b, a, y), n);
        Expect(i => x0[i] - x1[i] + (x1[i] - x0[i]));
        // In place: the result over the first, then over the second operand.
        t[0].CopyTo<T>(t[2].Span<T>());
        Range(bits, new BinaryPass<T, Difference<T>>(default, y, b, y), n);
        Expect(i => x0[i] - x1[i]);
        t[1].CopyTo<T>(t[2].Span<T>());
        Range(bits, new BinaryPass<T, Difference<T>>(default, a, y, y), n);
        Expect(i => x0[i] - x1[i]);
        t[0].CopyTo<T>(t[2].Span<T>());
        Range(bits, new UnaryPass<T, Twice<T>>(default, y, y), n);
        Expect(i => x0[i] + x0[i]);

        void Expect(Func<int, T> value)
        {
            var actual = t[2].Span<T>();
            for (var i = 0; i < n; i++) Assert.Equal(value(i), actual[i]);
        }
    }

    private static void Range<T, P>(int bits, P pass, int n) where T : unmanaged, IFloatingPointIeee754<T> where P : struct, IPass<T>
    {
        switch (bits)
        {
            case 1: Map.Range<Simd1<T>, T, P>(pass, 0, n); break;
            case 128: Map.Range<Simd128<T>, T, P>(pass, 0, n); break;
            case 256: Map.Range<Simd256<T>, T, P>(pass, 0, n); break;
            default: Map.Range<Simd512<T>, T, P>(pass, 0, n); break;
        }
    }

    private static void Range<T>(int bits, UnaryPass<T, Twice<T>> pass, int n)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        Range<T, UnaryPass<T, Twice<T>>>(bits, pass, n);

    private static void Range<T>(int bits, AddUnaryPass<T, Twice<T>> pass, int n)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        Range<T, AddUnaryPass<T, Twice<T>>>(bits, pass, n);

    private static void Range<T>(int bits, BinaryPass<T, Difference<T>> pass, int n)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        Range<T, BinaryPass<T, Difference<T>>>(bits, pass, n);

    private static void Range<T>(int bits, AddBinaryPass<T, Difference<T>> pass, int n)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        Range<T, AddBinaryPass<T, Difference<T>>>(bits, pass, n);

    private readonly struct Twice<T> : IUnary<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        public V Of<V>(V x) where V : struct, ISimd<V, T> => x + x;
    }

    private readonly struct Difference<T> : IBinary<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        public V Of<V>(V a, V b) where V : struct, ISimd<V, T> => a - b;
    }
}
