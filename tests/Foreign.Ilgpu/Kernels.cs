using ILGPU;
using ILGPU.Algorithms;

namespace SiaEngine.Foreign.Ilgpu;

/// <summary>The kernels, which ILGPU compiles to PTX.</summary>
internal static class Kernels
{
    /// <summary>y = a · x + y.</summary>
    public static void Saxpy(Index1D index, float a, ArrayView<float> x, ArrayView<float> y) => y[index] = a * x[index] + y[index];

    /// <summary>The sum of 128 elements per block, by halving in shared memory.</summary>
    public static void BlockSums(ArrayView<float> x, ArrayView<float> sums)
    {
        var tile = SharedMemory.Allocate<float>(128);
        var index = Grid.GlobalIndex.X;
        tile[Group.IdxX] = index < x.Length ? x[index] : 0;
        Group.Barrier();
        for (var half = 64; half > 0; half /= 2)
        {
            if (Group.IdxX < half) tile[Group.IdxX] += tile[Group.IdxX + half];
            Group.Barrier();
        }

        if (Group.IdxX == 0) sums[Grid.IdxX] = tile[0];
    }

    /// <summary>How often each remainder by 16 occurs.</summary>
    public static void Histogram(Index1D index, ArrayView<float> x, ArrayView<int> bins) => Atomic.Add(ref bins[(int)x[index] % 16], 1);

    /// <summary>tanh x + exp x + sin x + log(1 + x²), each by ILGPU's own approximation.</summary>
    public static void Functions(Index1D index, ArrayView<float> x, ArrayView<float> y) => y[index] = XMath.Tanh(x[index]) + XMath.Exp(x[index]) + XMath.Sin(x[index]) + XMath.Log(1 + x[index] * x[index]);
}
