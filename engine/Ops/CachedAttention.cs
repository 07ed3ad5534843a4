namespace SiaEngine.Ops;

/// <summary>
/// <see cref="Attention"/> of new positions over cached and new keys, for sampling. Not an op: no gradient flows, a tracked input is refused.
/// </summary>
/// <remarks>
/// With n positions in the cache, row t of qkv [B, T, 3C] is position n + t; its keys and values join the cache and y [B, T, C] equals those rows of
/// <see cref="Attention"/> over the whole sequence.
/// </remarks>
public static class CachedAttention
{
    private const string Id = "cached_attention";

    /// <summary>What a device implements.</summary>
    public interface IKernels
    {
        /// <summary>Copies k and v of qkv behind the <paramref name="length"/> positions of the cache and computes y.</summary>
        void Forward(Tensor qkv, int heads, Tensor a, Tensor m, Tensor? rowScale, Tensor keys, Tensor values, int length, Tensor y);
    }

    /// <summary>Attention of the new rows; the cache grows by them.</summary>
    /// <exception cref="ShapeException">Operands do not fit, or the cache is too small.</exception>
    public static Tensor Apply(Tensor qkv, int heads, Tensor a, Tensor m, KeyValueCache cache, Tensor? rowScale = null)
    {
        if (Tape.Needs(qkv, rowScale)) throw new InvalidOperationException("cached_attention: has no gradient; pause the tape, or pass qkv.Detach().");
        var length = cache.Length + (qkv.Shape.Rank == 3 ? qkv.Shape[1] : 0);
        Attention.Check(Id, qkv, heads, a, m, rowScale, length);
        Throw.Unless(cache.Keys.Shape[0] == qkv.Shape[0] && cache.Keys.Shape.Last * 3 == qkv.Shape.Last && length <= cache.Capacity, Id,
            "the cache must be [B, capacity, C] with room for the new positions", qkv, cache.Keys, bName: "cache");
        var y = Tensor.Empty(qkv.Shape.WithLast(qkv.Shape.Last / 3), qkv.DType, qkv.Device);
        qkv.Device.Kernels<IKernels>().Forward(qkv, heads, a, m, rowScale, cache.Keys, cache.Values, cache.Length, y);
        cache.Length = length;
        return y;
    }
}
