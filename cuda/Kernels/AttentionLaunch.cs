namespace SiaEngine.Cuda;

/// <summary>What the launchers of attention share: the kernels come in four widths, the head dimension rounded up.</summary>
internal static class AttentionLaunch
{
    /// <summary>Queries or keys per tile and per block.</summary>
    public const int Tile = 32;

    private const int Warps = 8;
    private const int Block = 32 * Warps;

    /// <summary>Number of the narrowest kernel for a head dimension: widths 32, 64, 128, 256.</summary>
    /// <exception cref="ShapeException">There is none.</exception>
    public static int Variant(string op, Tensor qkv, int headDim)
    {
        if (headDim > 256) Throw.Unless(false, op, $"the kernels of {qkv.Device.Name} take heads of up to 256, these are {headDim} wide", qkv);
        return headDim <= 32 ? 0 : headDim <= 64 ? 1 : headDim <= 128 ? 2 : 3;
    }

    /// <summary>
    /// One block per tile, head and batch entry. Shared memory: two tiles with rows of W floats and two with padded rows of W + 4, or three and one; the slab of
    /// 64 pairs; and for each warp a float per row and column of its part of the tile, as often as the kernel keeps weights.
    /// </summary>
    public static LaunchShape Shape(int length, int heads, int batch, int variant, int padded, int tiles, int weights)
    {
        var width = 32 << variant;
        var shared = sizeof(float) * (Tile * (tiles * width + 4 * padded) + 2 * 2 * Tile + weights * Tile * Tile);
        return new((length + Tile - 1) / Tile, heads, batch, Block, SharedBytes: shared);
    }

    /// <summary>Whether the kernels for tensor cores take these tensors: bf16, heads of up to 128 columns in whole chunks of 16 bytes, no view that starts inside a chunk.</summary>
    public static bool FitsTensorCores(int headDim, params ReadOnlySpan<Tensor?> tensors)
    {
        foreach (var tensor in tensors)
            if (tensor is { } t && (t.DType != DType.BF16 || t.Address % Vectors.AccessBytes != 0)) return false;
        return headDim % 8 == 0 && headDim <= 128;
    }

    /// <summary>Blocks of 128 keys, of heads wider than 64 columns 64. The statistics of queries come with the other tiles.</summary>
    public static LaunchShape KeysMma(int length, int heads, int batch, bool wide, bool scaled)
    {
        var others = wide ? 32 : 64;
        return BackwardMma(length, heads, batch, wide, wide ? 64 : 128, others, twoSlabs: true, (scaled ? 12 : 8) * others, 0);
    }

    /// <summary>Blocks of 128 queries, which keep their statistics: those of wide heads in registers.</summary>
    public static LaunchShape QueriesMma(int length, int heads, int batch, bool wide, bool scaled) =>
        BackwardMma(length, heads, batch, wide, 128, wide ? 32 : 64, twoSlabs: !wide, 0, wide ? 0 : (scaled ? 12 : 8) * 128);

    /// <summary>
    /// 4 warps. Shared memory: the block's own two tiles; two buffers of two other tiles with the slab of their distances, once or twice, and statistics; statistics of its own.
    /// </summary>
    private static LaunchShape BackwardMma(int length, int heads, int batch, bool wide, int own, int others, bool twoSlabs, int statistics, int ownStatistics)
    {
        var (row, slab) = (wide ? 256 : 128, 8 * (own + others));
        var buffer = 2 * others * row + (twoSlabs ? 2 * slab + 64 : slab) + statistics;
        return new((length + own - 1) / own, heads, batch, 128, SharedBytes: 2 * own * row + 2 * ((buffer + 127) / 128 * 128) + ownStatistics);
    }

    /// <summary>
    /// One block of 4 warps per 128 queries, head and batch entry. Shared memory: the queries and two buffers of 64 keys and values, bf16 in rows of 64 or 128; in each
    /// buffer the slab of 192 pairs, twice where there is room: heads of 128 take the 99 KiB that every GPU from sm_80 on has.
    /// </summary>
    public static LaunchShape ForwardMma(int length, int heads, int batch, int headDim)
    {
        const int Queries = 128, Keys = 64, OneSlab = 8 * (Queries + Keys), TwoSlabs = 3200;
        var width = headDim <= 64 ? 64 : 128;
        var shared = sizeof(short) * width * Queries + 2 * (sizeof(short) * width * 2 * Keys + (width == 64 ? TwoSlabs : OneSlab));
        return new((length + Queries - 1) / Queries, heads, batch, 128, SharedBytes: shared);
    }

    /// <summary>Elements from one head's row of a table to the next; 0 if all heads share one, or there is no table.</summary>
    public static int Stride(Tensor? table) => table is { } t && t.Shape[0] > 1 ? t.Shape[1] : 0;

    /// <summary>log2(e) / sqrt(D).</summary>
    public static float Scale(int headDim) => (float)(1 / (Math.Log(2) * Math.Sqrt(headDim)));
}
