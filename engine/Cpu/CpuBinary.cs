using System.Numerics;
using System.Runtime.CompilerServices;
using SiaEngine.Ops;

namespace SiaEngine.Cpu;

/// <summary><see cref="Binary"/> on the CPU: a row of the result at a time, each operand's row being contiguous or one repeated element.</summary>
internal sealed unsafe class CpuBinary : Binary.IKernels
{
    private interface IFunction
    {
        static abstract V Value<V, T>(V a, V b) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T>;

        static abstract V First<V, T>(V a, V b) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T>;

        static abstract V Second<V, T>(V a, V b) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T>;
    }

    public void Forward(BinaryFunction f, Tensor a, Tensor b, Tensor y)
    {
        switch (y.DType)
        {
            case DType.F32: Find<float>(f, Term.Value, a, b, default, new(y, 0)); break;
            case DType.F64: Find<double>(f, Term.Value, a, b, default, new(y, 0)); break;
            default: Throw.DType(Binary.Id, a); break;
        }
    }

    public void Backward(BinaryFunction f, Tensor dy, Tensor a, Tensor b, bool first, GradientSlot slot)
    {
        var term = first ? Term.First : Term.Second;
        switch (dy.DType)
        {
            case DType.F32: Find<float>(f, term, a, b, dy.Address, slot); break;
            case DType.F64: Find<double>(f, term, a, b, dy.Address, slot); break;
            default: Throw.DType(Binary.Id, dy); break;
        }
    }

    private static void Find<T>(BinaryFunction f, Term term, Tensor a, Tensor b, nint dy, GradientSlot y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        switch (f)
        {
            case BinaryFunction.Add: Run<T, Add>(term, a, b, dy, y); break;
            case BinaryFunction.Subtract: Run<T, Subtract>(term, a, b, dy, y); break;
            case BinaryFunction.Multiply: Run<T, Multiply>(term, a, b, dy, y); break;
            case BinaryFunction.Divide: Run<T, Divide>(term, a, b, dy, y); break;
            case BinaryFunction.Maximum: Run<T, Maximum>(term, a, b, dy, y); break;
            default: throw new ArgumentOutOfRangeException(nameof(f));
        }
    }

    private static void Run<T, F>(Term term, Tensor a, Tensor b, nint dy, GradientSlot y)
        where T : unmanaged, IFloatingPointIeee754<T> where F : struct, IFunction
    {
        // Operands of one shape are one long row.
        var shape = a.Shape == b.Shape ? [checked((int)a.Count)] : y.Grad.Shape;
        var (aRows, bRows) = a.Shape == b.Shape ? (new BroadcastRows(shape, shape), new BroadcastRows(shape, shape)) : (new(a.Shape, shape), new(b.Shape, shape));
        var job = new Row<T, F>(term, (T*)a.Address, aRows, (T*)b.Address, bRows, (T*)dy, (T*)y.Grad.Address, y.Beta != 0, shape.Last);
        if (shape.Rank == 1) Map.Run<T, Pass<T, F>>(shape.Last, job.Pass(0));
        else RowReduce.Rows(shape.Rows, shape.Last, job);
    }

    private enum Term
    {
        Value,
        First,
        Second,
    }

    private readonly struct Row<T, F>(Term term, T* a, BroadcastRows aRows, T* b, BroadcastRows bRows, T* dy, T* y, bool add, int n) : IRowPass
        where T : unmanaged, IFloatingPointIeee754<T> where F : struct, IFunction
    {
        public Pass<T, F> Pass(long row) =>
            new(term, new(a + aRows.Start(row), aRows.Repeats), new(b + bRows.Start(row), bRows.Repeats), dy + row * n, y + row * n, add);

        public void Run(long row) => Map.Range<T, Pass<T, F>>(Pass(row), 0, n);
    }

    private readonly struct Pass<T, F>(Term term, RowOperand<T> a, RowOperand<T> b, T* dy, T* y, bool add) : IPass<T>
        where T : unmanaged, IFloatingPointIeee754<T> where F : struct, IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(long i) where V : struct, ISimd<V, T>
        {
            V left = a.Load<V>(i), right = b.Load<V>(i);
            var value = term switch
            {
                Term.Value => F.Value<V, T>(left, right),
                Term.First => V.Load(dy + i) * F.First<V, T>(left, right),
                _ => V.Load(dy + i) * F.Second<V, T>(left, right),
            };
            (add ? V.Load(y + i) + value : value).Store(y + i);
        }
    }

    private readonly struct Add : IFunction
    {
        public static V Value<V, T>(V a, V b) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => a + b;

        public static V First<V, T>(V a, V b) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => V.Of(1.0);

        public static V Second<V, T>(V a, V b) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => V.Of(1.0);
    }

    private readonly struct Subtract : IFunction
    {
        public static V Value<V, T>(V a, V b) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => a - b;

        public static V First<V, T>(V a, V b) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => V.Of(1.0);

        public static V Second<V, T>(V a, V b) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => V.Of(-1.0);
    }

    private readonly struct Multiply : IFunction
    {
        public static V Value<V, T>(V a, V b) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => a * b;

        public static V First<V, T>(V a, V b) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => b;

        public static V Second<V, T>(V a, V b) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => a;
    }

    private readonly struct Divide : IFunction
    {
        public static V Value<V, T>(V a, V b) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => a / b;

        public static V First<V, T>(V a, V b) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => V.Of(1.0) / b;

        public static V Second<V, T>(V a, V b) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => -a / (b * b);
    }

    private readonly struct Maximum : IFunction
    {
        public static V Value<V, T>(V a, V b) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => V.Max(b, a);

        public static V First<V, T>(V a, V b)
            where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => V.IfGreater(b, a, V.Of(0.0), V.Of(1.0));

        public static V Second<V, T>(V a, V b)
            where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => V.IfGreater(b, a, V.Of(1.0), V.Of(0.0));
    }
}
