using System.Numerics;
using System.Runtime.InteropServices;
using SiaEngine.Ops;

namespace SiaEngine.Cpu;

/// <summary><see cref="Embedding"/> on the CPU: row copies forward, row sums backward.</summary>
internal sealed unsafe class CpuEmbedding : Embedding.IKernels
{
    /// <summary>Parts the vocabulary is cut into for the backward pass; each part scans all ids, so its rows are summed in the order of the ids.</summary>
    private const int Parts = 32;

    public void Forward(Tensor weight, Tensor ids, Tensor y)
    {
        Check(ids, weight.Shape[0]);
        switch (weight.DType)
        {
            case DType.F32 or DType.F64 or DType.BF16:
                var rowBytes = (long)weight.Shape[1] * weight.DType.Size;
                RowReduce.Rows(ids.Count, weight.Shape[1], new CopyRow((byte*)weight.Address, (int*)ids.Address, (byte*)y.Address, rowBytes));
                break;
            default: Throw.DType(Embedding.Id, weight); break;
        }
    }

    public void Backward(Tensor dy, Tensor ids, GradientSlot dweight)
    {
        switch (dy.DType)
        {
            case DType.F32: Backward<float>(dy, ids, dweight); break;
            case DType.F64: Backward<double>(dy, ids, dweight); break;
            default: Throw.DType(Embedding.Id, dy); break;
        }
    }

    private static void Check(Tensor ids, int rows)
    {
        var values = ids.Span<int>();
        for (var i = 0; i < values.Length; i++)
            if ((uint)values[i] >= (uint)rows) Throw.Index(Embedding.Id, $"ids must lie in [0, {rows})", values[i], i, ids);
    }

    private static void Backward<T>(Tensor dy, Tensor ids, GradientSlot dweight) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (rows, width) = (dweight.Grad.Shape[0], dweight.Grad.Shape[1]);
        RowParallel.For(Math.Min(Parts, rows), new SumRows<T>((T*)dy.Address, (int*)ids.Address, (T*)dweight.Grad.Address, ids.Count, rows, width, dweight.Beta == 0),
            static (job, part) => job.Run(part));
    }

    private readonly struct CopyRow(byte* weight, int* ids, byte* y, long rowBytes) : IRowPass
    {
        public void Run(long row) => Buffer.MemoryCopy(weight + ids[row] * rowBytes, y + row * rowBytes, rowBytes, rowBytes);
    }

    private readonly struct SumRows<T>(T* dy, int* ids, T* dweight, long count, int rows, int width, bool clear)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(int part)
        {
            var parts = Math.Min(Parts, rows);
            var (first, end) = ((int)((long)rows * part / parts), (int)((long)rows * (part + 1) / parts));
            if (clear) NativeMemory.Clear(dweight + (long)first * width, (nuint)(end - first) * (nuint)width * (nuint)sizeof(T));
            for (long i = 0; i < count; i++)
            {
                if (ids[i] < first || ids[i] >= end) continue;
                var sum = dweight + (long)ids[i] * width;
                Map.Range<T, BinaryPass<T, CpuAdd.Plus<T>>>(new(default, sum, dy + i * width, sum), 0, width);
            }
        }
    }
}
