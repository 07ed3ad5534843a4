using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Algorithms.RadixSortOperations;
using ILGPU.Algorithms.ScanReduceOperations;
using ILGPU.Runtime;

namespace SiaEngine.Foreign.Ilgpu;

/// <summary>ILGPU's own kernels: reduction by shuffles and atomics, scan over several blocks, radix sort, mathematical functions.</summary>
internal static class Algorithms
{
    /// <summary>Runs them and prints whether they agree with LINQ.</summary>
    public static void Run(Accelerator accelerator)
    {
        var random = new Random(1);
        var data = Enumerable.Range(0, 3000).Select(_ => random.Next(-1000, 1000)).ToArray();
        var stream = accelerator.DefaultStream;

        using (var values = accelerator.Allocate1D(data))
        using (var sum = accelerator.Allocate1D<int>(1))
        {
            accelerator.Reduce<int, AddInt32>(stream, values.View, sum.View);
            Console.WriteLine($"reduce: {sum.GetAsArray1D()[0] - data.Sum()} off");
        }

        using (var values = accelerator.Allocate1D(data))
        using (var sums = accelerator.Allocate1D<int>(data.Length))
        using (var scratch = accelerator.Allocate1D<int>(accelerator.ComputeScanTempStorageSize<int>(data.Length)))
        {
            accelerator.CreateScan<int, Stride1D.Dense, Stride1D.Dense, AddInt32>(ScanKind.Inclusive)(stream, values.View, sums.View, scratch.View);
            var (got, total) = (sums.GetAsArray1D(), 0);
            Console.WriteLine($"scan: {Enumerable.Range(0, data.Length).Count(i => got[i] != (total += data[i]))} wrong");
        }

        using (var values = accelerator.Allocate1D(data))
        using (var scratch = accelerator.Allocate1D<int>(accelerator.ComputeRadixSortTempStorageSize<int, AscendingInt32>(data.Length)))
        {
            accelerator.CreateRadixSort<int, Stride1D.Dense, AscendingInt32>()(stream, values.View, scratch.View);
            Console.WriteLine($"sort: {(values.GetAsArray1D().SequenceEqual(data.Order()) ? "sorted" : "not sorted")}");
        }

        using (var x = accelerator.Allocate1D(data.Select(value => value / 100f).ToArray()))
        using (var y = accelerator.Allocate1D<float>(data.Length))
        {
            accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>, ArrayView<float>>(Kernels.Functions)(data.Length, x.View, y.View);
            var (from, to) = (x.GetAsArray1D(), y.GetAsArray1D());
            Console.WriteLine($"functions: {Enumerable.Range(0, data.Length).Count(i => !IsNear(from[i], to[i]))} wrong");
        }
    }

    private static bool IsNear(double x, double y)
    {
        var expected = Math.Tanh(x) + Math.Exp(x) + Math.Sin(x) + Math.Log(1 + x * x);
        return Math.Abs(y - expected) <= 1e-5 * Math.Max(1, Math.Abs(expected));
    }
}
