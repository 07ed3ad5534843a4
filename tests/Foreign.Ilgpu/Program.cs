using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using SiaEngine.Foreign.Ilgpu;

using var context = Context.Create(builder => builder.Cuda().EnableAlgorithms());
using var accelerator = context.GetCudaDevice(0).CreateCudaAccelerator(context);
Console.WriteLine($"{accelerator.Name}, {accelerator.Architecture}, {accelerator.InstructionSet}, {accelerator.NumMultiprocessors} multiprocessors, warps of {accelerator.WarpSize}");

const int count = 5000;
var x = Enumerable.Range(0, count).Select(i => i * 0.25f).ToArray();
var y = Enumerable.Range(0, count).Select(i => 1f - i).ToArray();
using var deviceX = accelerator.Allocate1D(x);
using var deviceY = accelerator.Allocate1D(y);
var saxpy = accelerator.LoadAutoGroupedStreamKernel<Index1D, float, ArrayView<float>, ArrayView<float>>(Kernels.Saxpy);
saxpy(count, 3, deviceX.View, deviceY.View);
accelerator.Synchronize();
var sums = deviceY.GetAsArray1D();
Console.WriteLine($"saxpy: {Enumerable.Range(0, count).Count(i => sums[i] != 3 * x[i] + y[i])} wrong");

const int block = 128;
var blocks = (count + block - 1) / block;
using var partial = accelerator.Allocate1D<float>(blocks);
var reduce = accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>>(Kernels.BlockSums);
reduce((blocks, block), deviceX.View, partial.View);
accelerator.Synchronize();
var reduced = partial.GetAsArray1D();
Console.WriteLine($"block sums: {Enumerable.Range(0, blocks).Count(b => reduced[b] != x.Skip(b * block).Take(block).Sum())} wrong");

using var histogram = accelerator.Allocate1D<int>(16);
histogram.MemSetToZero();
var count16 = accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<float>, ArrayView<int>>(Kernels.Histogram);
count16(count, deviceX.View, histogram.View);
accelerator.Synchronize();
var bins = histogram.GetAsArray1D();
Console.WriteLine($"histogram: {Enumerable.Range(0, 16).Count(bin => bins[bin] != x.Count(value => (int)value % 16 == bin))} wrong");

Algorithms.Run(accelerator);

if (args is ["fault"])
{
    try
    {
        saxpy(count + 1, 3, deviceX.View, deviceY.View);
        accelerator.Synchronize();
        Console.WriteLine("fault: nothing noticed");
    }
    catch (CudaException e)
    {
        Console.WriteLine($"fault: {e.Message}");
        Environment.Exit(0);
    }
}
