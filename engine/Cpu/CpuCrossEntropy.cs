using System.Numerics;
using System.Runtime.CompilerServices;
using SiaEngine.Ops;

namespace SiaEngine.Cpu;

/// <summary>
/// <see cref="CrossEntropy"/> on the CPU: a row at a time, in blocks that stay in the L1 cache between finding the maximum and summing the exponentials,
/// so that the logits are read from memory once each way.
/// </summary>
internal sealed unsafe class CpuCrossEntropy : CrossEntropy.IKernels
{
    private const int Block = 2048;

    public void Forward(Tensor logits, Tensor targets, Tensor losses, Tensor logsumexp)
    {
        switch (logits.DType)
        {
            case DType.F32: Forward<float>(logits, targets, losses, logsumexp); break;
            case DType.F64: Forward<double>(logits, targets, losses, logsumexp); break;
            default: Throw.DType(CrossEntropy.Id, logits); break;
        }
    }

    public void Backward(Tensor dlosses, Tensor logits, Tensor targets, Tensor logsumexp, GradientSlot dlogits)
    {
        switch (logits.DType)
        {
            case DType.F32: Backward<float>(dlosses, logits, targets, logsumexp, dlogits); break;
            case DType.F64: Backward<double>(dlosses, logits, targets, logsumexp, dlogits); break;
            default: Throw.DType(CrossEntropy.Id, logits); break;
        }
    }

    public void Check(Tensor targets, int classes)
    {
        var values = targets.Span<int>();
        for (var i = 0; i < values.Length; i++)
        {
            if ((uint)values[i] >= (uint)classes && values[i] != CrossEntropy.Ignored)
                Throw.Index(CrossEntropy.Id, $"targets must lie in [0, {classes}) or be -1 to be ignored", values[i], i, targets);
        }
    }

    private static void Forward<T>(Tensor logits, Tensor targets, Tensor losses, Tensor logsumexp) where T : unmanaged, IFloatingPointIeee754<T> =>
        RowReduce.Rows(targets.Count, logits.Shape.Last,
            new ForwardRow<T>((T*)logits.Address, (int*)targets.Address, (T*)losses.Address, (T*)logsumexp.Address, logits.Shape.Last));

    private static void Backward<T>(Tensor dlosses, Tensor logits, Tensor targets, Tensor logsumexp, GradientSlot dlogits)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        RowReduce.Rows(targets.Count, logits.Shape.Last, new BackwardRow<T>((T*)dlosses.Address, (T*)logits.Address, (int*)targets.Address,
            (T*)logsumexp.Address, (T*)dlogits.Grad.Address, logits.Shape.Last, dlogits.Beta != 0));

    private readonly struct ForwardRow<T>(T* logits, int* targets, T* losses, T* logsumexp, int classes) : IRowPass
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(long row)
        {
            if (targets[row] == CrossEntropy.Ignored)
            {
                losses[row] = logsumexp[row] = T.Zero;
                return;
            }

            var x = logits + row * classes;
            var (max, sum) = (T.NegativeInfinity, T.Zero);
            for (var start = 0; start < classes; start += Block)
            {
                var n = Math.Min(Block, classes - start);
                var larger = T.Max(max, RowReduce.Max(x + start, n));
                // A block of −∞ alone adds nothing, and −∞ − (−∞) would be NaN.
                if (T.IsNegativeInfinity(larger)) continue;
                sum *= T.Exp(max - larger);
                max = larger;
                sum += RowReduce.Sum<T, ExpOfDifference<T>>(new(x + start, max), 0, n);
            }

            var lse = max + T.Log(sum);
            logsumexp[row] = lse;
            losses[row] = lse - x[targets[row]];
        }
    }

    private readonly struct BackwardRow<T>(T* dlosses, T* logits, int* targets, T* logsumexp, T* dlogits, int classes, bool add) : IRowPass
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(long row)
        {
            T* x = logits + row * classes, dx = dlogits + row * classes;
            var (target, dy) = (targets[row], dlosses[row]);
            if (target == CrossEntropy.Ignored)
            {
                if (!add) new Span<T>(dx, classes).Clear();
                return;
            }

            var probability = new Probability<T>(logsumexp[row], dy);
            if (add) Map.Range<T, AddUnaryPass<T, Probability<T>>>(new(probability, x, dx), 0, classes);
            else Map.Range<T, UnaryPass<T, Probability<T>>>(new(probability, x, dx), 0, classes);
            dx[target] -= dy;
        }
    }

    private readonly struct ExpOfDifference<T>(T* x, T max) : ITerm<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V At<V>(long i) where V : struct, ISimd<V, T> => VectorMath.Exp<V, T>(V.Load(x + i) - V.All(max));
    }

    /// <summary>exp(x − lse) · dy.</summary>
    private readonly struct Probability<T>(T logsumexp, T dy) : IUnary<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V x) where V : struct, ISimd<V, T> => VectorMath.Exp<V, T>(x - V.All(logsumexp)) * V.All(dy);
    }
}
