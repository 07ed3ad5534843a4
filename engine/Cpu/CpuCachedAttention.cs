using System.Numerics;
using System.Runtime.Intrinsics;
using SiaEngine.Ops;

namespace SiaEngine.Cpu;

/// <summary><see cref="CachedAttention"/> on the CPU: a few rows, as in sampling, one by one; more by the tiled attention kernel over rows that lie in the cache.</summary>
internal sealed unsafe class CpuCachedAttention : CachedAttention.IKernels
{
    /// <summary>Rows up to which a tile would be mostly empty.</summary>
    private const int FewRows = 4;

    public void Forward(Tensor qkv, int heads, Tensor a, Tensor m, Tensor? rowScale, Tensor keys, Tensor values, int length, Tensor y)
    {
        switch (qkv.DType)
        {
            case DType.F32: Forward<float>(qkv, heads, a, m, rowScale, keys, values, length, y); break;
            case DType.F64: Forward<double>(qkv, heads, a, m, rowScale, keys, values, length, y); break;
            default: Throw.DType("cached_attention", qkv); break;
        }
    }

    private static void Forward<T>(Tensor qkv, int heads, Tensor a, Tensor m, Tensor? rowScale, Tensor keys, Tensor values, int length, Tensor y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var scope = Scope.Enter();
        Append<T>(qkv, keys, 1, length);
        Append<T>(qkv, values, 2, length);
        var end = length + qkv.Shape[1];
        var few = qkv.Shape[1] <= FewRows;
        var problem = new AttentionProblem<T>
        {
            Queries = HeadRows<T>.Of(qkv, heads, 0, 3),
            Keys = HeadRows<T>.Of(keys, heads),
            Values = HeadRows<T>.Of(values, heads),
            Tables = few ? default : DistanceSlab<T>.Fill(a, m, end, Tensor.Empty(DistanceSlab<T>.ShapeFor(a, m, end), DType.Of<T>(), qkv.Device)),
            RowScale = rowScale is { } r ? (T*)r.Address : null,
            RowScaleHead = rowScale is { } s ? s.Shape[1] : 0,
            Batch = qkv.Shape[0],
            Heads = heads,
            HeadDim = qkv.Shape.Last / 3 / heads,
            First = length,
            Count = qkv.Shape[1],
        };
        var output = HeadRows<T>.Of(y, heads);
        if (few) CachedRow<T>.Run(problem, a, m, output, Tensor.Empty([qkv.Shape[0], qkv.Shape[1], heads, end], DType.Of<T>(), qkv.Device));
        else if (Vector512.IsHardwareAccelerated) AttentionTasks<T, Vector512<T>, Lanes512<T>>.Forward(problem, output, qkv.Device);
        else if (Vector256.IsHardwareAccelerated) AttentionTasks<T, Vector256<T>, Lanes256<T>>.Forward(problem, output, qkv.Device);
        else AttentionTasks<T, Vector128<T>, Lanes128<T>>.Forward(problem, output, qkv.Device);
    }

    private static void Append<T>(Tensor qkv, Tensor cache, int part, int length) where T : unmanaged
    {
        int batch = qkv.Shape[0], rows = qkv.Shape[1], width = cache.Shape.Last;
        for (var b = 0; b < batch; b++)
        {
            for (var t = 0; t < rows; t++)
            {
                new Span<T>((T*)qkv.Address + ((nint)b * rows + t) * 3 * width + part * width, width)
                    .CopyTo(new Span<T>((T*)cache.Address + ((nint)b * cache.Shape[1] + length + t) * width, width));
            }
        }
    }
}
