using System.Numerics;
using SiaEngine.Cpu;

namespace SiaEngine.Tests.Cpu;

/// <summary>The reduction driver at every register width, length and alignment, between guard pages.</summary>
[Collection(nameof(Threads))]
public unsafe class RowReduceTests
{
    [Theory, InlineData(1), InlineData(128), InlineData(256), InlineData(512)]
    public void Every_width_and_length(int bits)
    {
        using var cpu = new CpuDevice();
        EveryLength.Run(cpu, DType.F32, 2, (t, n) => Check<float>(bits, t, n, 3e-6));
        EveryLength.Run(cpu, DType.F64, 2, (t, n) => Check<double>(bits, t, n, 1e-14));
    }

    [Fact]
    public void A_total_does_not_depend_on_the_number_of_threads() => Threads.GiveTheSameBits(static () =>
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var x = GradientContext.Make(GradientCheck.Normals(100_003, 4, 0), [100_003], DType.F32, cpu);
        return [RowReduce.Total<float, Element<float>>(new((float*)x.Address), x.Count, cpu)];
    });

    [Fact]
    public void Rows_are_each_run_once()
    {
        foreach (var (rows, width) in (ReadOnlySpan<(int, int)>)[(0, 5), (1, 1), (7, 1), (1000, 100), (33, 40_000)])
        {
            var hits = new int[rows];
            fixed (int* p = hits) RowReduce.Rows(rows, width, new Hit(p));
            Assert.All(hits, hit => Assert.Equal(1, hit));
        }
    }

    private static void Check<T>(int bits, Tensor[] t, int n, double tolerance) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T* a = (T*)t[0].Address, b = (T*)t[1].Address;
        double sum = 0, max = double.NegativeInfinity;
        for (var i = 0; i < n; i++)
        {
            sum += double.CreateChecked(a[i]) * double.CreateChecked(b[i]);
            max = Math.Max(max, double.CreateChecked(a[i]));
        }

        var (actualSum, actualMax) = bits switch
        {
            1 => (RowReduce.Sum<Simd1<T>, T, Product<T>>(new(a, b), 0, n), RowReduce.Max<Simd1<T>, T>(a, n)),
            128 => (RowReduce.Sum<Simd128<T>, T, Product<T>>(new(a, b), 0, n), RowReduce.Max<Simd128<T>, T>(a, n)),
            256 => (RowReduce.Sum<Simd256<T>, T, Product<T>>(new(a, b), 0, n), RowReduce.Max<Simd256<T>, T>(a, n)),
            _ => (RowReduce.Sum<Simd512<T>, T, Product<T>>(new(a, b), 0, n), RowReduce.Max<Simd512<T>, T>(a, n)),
        };
        Close.To([sum], [double.CreateChecked(actualSum)], tolerance, $"{bits} bits, {n} elements, sum");
        Assert.Equal(max, double.CreateChecked(actualMax));
    }

    private readonly struct Hit(int* hits) : IRowPass
    {
        public void Run(long row) => Interlocked.Increment(ref hits[row]);
    }
}
