using System.Numerics.Tensors;
using SiaEngine.Ops;

namespace SiaEngine.Cpu;

/// <summary><see cref="Cast"/> on the CPU: small blocks go through f32, or through f64 when either side is f64, and are rounded once when stored.</summary>
internal sealed unsafe class CpuCast : Cast.IKernels
{
    private const int Block = 512;

    public void Run(Tensor x, GradientSlot y)
    {
        var tasks = checked((int)((x.Count + Map.TaskSize - 1) / Map.TaskSize));
        RowParallel.For(tasks, new Job(x.Address, x.DType, y.Grad.Address, y.Grad.DType, x.Count, y.Beta != 0), static (job, task) => job.Run(task));
    }

    private readonly struct Job(nint x, DType from, nint y, DType to, long count, bool add)
    {
        public void Run(int task)
        {
            var end = Math.Min(count, (task + 1L) * Map.TaskSize);
            if (!add && from == DType.F32 && to == DType.BF16)
            {
                var first = (long)task * Map.TaskSize;
                BFloat16.Round(new ReadOnlySpan<float>((float*)x + first, (int)(end - first)), new Span<BFloat16>((BFloat16*)y + first, (int)(end - first)));
                return;
            }

            for (var i = (long)task * Map.TaskSize; i < end; i += Block)
            {
                var n = (int)Math.Min(Block, end - i);
                if (from == DType.F64 || to == DType.F64) Through64(i, n);
                else Through32(i, n);
            }
        }

        private void Through32(long start, int n)
        {
            Span<float> value = stackalloc float[n], old = stackalloc float[n];
            Load(x, from, start, value);
            if (add)
            {
                Load(y, to, start, old);
                TensorPrimitives.Add(old, value, value);
            }

            if (to == DType.F32) value.CopyTo(new Span<float>((float*)y + start, n));
            else BFloat16.Round(value, new Span<BFloat16>((BFloat16*)y + start, n));
        }

        private void Through64(long start, int n)
        {
            Span<double> value = stackalloc double[n], old = stackalloc double[n];
            Load(x, from, start, value);
            if (add)
            {
                Load(y, to, start, old);
                TensorPrimitives.Add(old, value, value);
            }

            switch (to)
            {
                case DType.F64: value.CopyTo(new Span<double>((double*)y + start, n)); break;
                case DType.F32: TensorPrimitives.ConvertTruncating<double, float>(value, new Span<float>((float*)y + start, n)); break;
                default: BFloat16.Round(value, new Span<BFloat16>((BFloat16*)y + start, n)); break;
            }
        }

        private static void Load(nint source, DType dtype, long start, Span<float> destination)
        {
            if (dtype == DType.F32) new ReadOnlySpan<float>((float*)source + start, destination.Length).CopyTo(destination);
            else BFloat16.Widen(new ReadOnlySpan<BFloat16>((BFloat16*)source + start, destination.Length), destination);
        }

        private static void Load(nint source, DType dtype, long start, Span<double> destination)
        {
            var n = destination.Length;
            if (dtype == DType.F64)
            {
                new ReadOnlySpan<double>((double*)source + start, n).CopyTo(destination);
                return;
            }

            Span<float> single = stackalloc float[n];
            Load(source, dtype, start, single);
            TensorPrimitives.ConvertTruncating<float, double>(single, destination);
        }
    }
}
