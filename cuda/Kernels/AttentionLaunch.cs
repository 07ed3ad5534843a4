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

    /// <summary>Elements from one head's row of a table to the next; 0 if all heads share one, or there is no table.</summary>
    public static int Stride(Tensor? table) => table is { } t && t.Shape[0] > 1 ? t.Shape[1] : 0;

    /// <summary>log2(e) / sqrt(D).</summary>
    public static float Scale(int headDim) => (float)(1 / (Math.Log(2) * Math.Sqrt(headDim)));
}
