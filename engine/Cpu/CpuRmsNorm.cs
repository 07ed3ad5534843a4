using System.Numerics;
using System.Runtime.CompilerServices;
using SiaEngine.Ops;

namespace SiaEngine.Cpu;

/// <summary>
/// <see cref="RmsNorm"/> on the CPU: a row at a time, so that the second pass over it hits the L1 cache. The gain's gradient is summed in two stages,
/// one partial row per fixed block of rows and then the partial rows in order.
/// </summary>
internal sealed unsafe class CpuRmsNorm : RmsNorm.IKernels
{
    private const int MaxBlocks = 64;

    public void Forward(Tensor x, Tensor? weight, Tensor y, Tensor rstd, float eps)
    {
        switch (x.DType)
        {
            case DType.F32: Forward<float>(x, weight, y, rstd, eps); break;
            case DType.F64: Forward<double>(x, weight, y, rstd, eps); break;
            default: Throw.DType(RmsNorm.Id, x); break;
        }
    }

    public void Backward(Tensor dy, Tensor x, Tensor? weight, Tensor rstd, GradientSlot? dx, GradientSlot? dweight)
    {
        switch (x.DType)
        {
            case DType.F32: Backward<float>(dy, x, weight, rstd, dx, dweight); break;
            case DType.F64: Backward<double>(dy, x, weight, rstd, dx, dweight); break;
            default: Throw.DType(RmsNorm.Id, x); break;
        }
    }

    private static void Forward<T>(Tensor x, Tensor? weight, Tensor y, Tensor rstd, float eps) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var c = x.Shape.Last;
        RowReduce.Rows(rstd.Count, c, new ForwardRow<T>((T*)x.Address, (T*)(weight?.Address ?? 0), (T*)y.Address, (T*)rstd.Address, c, T.CreateChecked(eps)));
    }

    private static void Backward<T>(Tensor dy, Tensor x, Tensor? weight, Tensor rstd, GradientSlot? dx, GradientSlot? dweight)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (rows, c) = (rstd.Count, x.Shape.Last);
        var perBlock = Math.Max(Map.TaskSize / Math.Max(1, c), (rows + MaxBlocks - 1) / MaxBlocks);
        perBlock = Math.Max(1, perBlock);
        var blocks = (int)((rows + perBlock - 1) / perBlock);
        using var scope = Scope.Enter();
        var partial = dweight is null ? 0 : Tensor.Empty([blocks, c], x.DType, x.Device).Address;
        RowParallel.For(blocks, new BackwardBlock<T>((T*)dy.Address, (T*)x.Address, (T*)(weight?.Address ?? 0), (T*)rstd.Address, (T*)(dx?.Grad.Address ?? 0),
            dx?.Beta == 1, (T*)partial, rows, c, perBlock), static (job, block) => job.Run(block));
        if (dweight is { } dw) Map.Run<T, SumOfRows<T>>(c, new((T*)partial, blocks, c, (T*)dw.Grad.Address, dw.Beta == 0));
    }

    private readonly struct ForwardRow<T>(T* x, T* weight, T* y, T* rstd, int c, T eps) : IRowPass where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(long row)
        {
            T* xs = x + row * c, ys = y + row * c;
            var r = rstd[row] = T.One / T.Sqrt(RowReduce.Sum<T, Product<T>>(new(xs, xs), 0, c) / T.CreateChecked(c) + eps);
            Map.Range<T, Normalize>(new(xs, weight, ys, r), 0, c);
        }

        private readonly struct Normalize(T* x, T* weight, T* y, T rstd) : IPass<T>
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Run<V>(long i) where V : struct, ISimd<V, T>
            {
                var value = V.Load(x + i) * V.All(rstd);
                (weight == null ? value : value * V.Load(weight + i)).Store(y + i);
            }
        }
    }

    private readonly struct BackwardBlock<T>(T* dy, T* x, T* weight, T* rstd, T* dx, bool add, T* partial, long rows, int c, long perBlock)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(int block)
        {
            var sum = partial + (long)block * c;
            if (partial != null) new Span<T>(sum, c).Clear();
            var end = Math.Min(rows, (block + 1) * perBlock);
            for (var row = block * perBlock; row < end; row++)
            {
                T* g = dy + row * c, xs = x + row * c;
                var r = rstd[row];
                if (partial != null) Map.Range<T, AddScaledProduct>(new(g, xs, r, sum), 0, c);
                if (dx == null) continue;
                var shift = RowReduce.Sum<T, Projection>(new(g, weight, xs), 0, c) / T.CreateChecked(c);
                if (weight != null) shift *= r * r;
                Map.Range<T, InputGradient>(new(g, weight, xs, r, shift, dx + row * c, add), 0, c);
            }
        }

        /// <summary>sum += dy · x · rstd.</summary>
        private readonly struct AddScaledProduct(T* dy, T* x, T rstd, T* sum) : IPass<T>
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Run<V>(long i)
                where V : struct, ISimd<V, T> => V.Fma(V.Load(dy + i) * V.All(rstd), V.Load(x + i), V.Load(sum + i)).Store(sum + i);
        }

        /// <summary>g · x, g = dy · w.</summary>
        private readonly struct Projection(T* dy, T* weight, T* x) : ITerm<T>
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public V At<V>(long i) where V : struct, ISimd<V, T>
            {
                var product = V.Load(dy + i) * V.Load(x + i);
                return weight == null ? product : product * V.Load(weight + i);
            }
        }

        /// <summary>dx = rstd · (g − x · shift), or added.</summary>
        private readonly struct InputGradient(T* dy, T* weight, T* x, T rstd, T shift, T* dx, bool add) : IPass<T>
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Run<V>(long i) where V : struct, ISimd<V, T>
            {
                var g = V.Load(dy + i);
                if (weight != null) g *= V.Load(weight + i);
                var value = V.All(rstd) * (g - V.Load(x + i) * V.All(shift));
                (add ? V.Load(dx + i) + value : value).Store(dx + i);
            }
        }
    }

    /// <summary>One element of the sum of the partial rows, in order.</summary>
    private readonly struct SumOfRows<T>(T* partial, int blocks, int c, T* sum, bool clear) : IPass<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run<V>(long i) where V : struct, ISimd<V, T>
        {
            var total = clear ? V.Of(0) : V.Load(sum + i);
            for (var block = 0; block < blocks; block++) total += V.Load(partial + (long)block * c + i);
            total.Store(sum + i);
        }
    }
}
