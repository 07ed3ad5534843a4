namespace SiaEngine.Cuda;

/// <summary>Grid, block and dynamic shared memory of a launch.</summary>
/// <param name="GridX">Blocks along x.</param>
/// <param name="GridY">Blocks along y.</param>
/// <param name="GridZ">Blocks along z.</param>
/// <param name="BlockX">Threads along x.</param>
/// <param name="BlockY">Threads along y.</param>
/// <param name="BlockZ">Threads along z.</param>
/// <param name="SharedBytes">Dynamic shared memory per block, bytes.</param>
public readonly record struct LaunchShape(int GridX, int GridY, int GridZ, int BlockX, int BlockY = 1, int BlockZ = 1, int SharedBytes = 0)
{
    /// <summary>Blocks of a cluster along x, y and z, which run together and reach each other's shared memory (sm_90); zeros where blocks are alone.</summary>
    public (int X, int Y, int Z) Cluster { get; init; }

    /// <summary>Threads per block.</summary>
    public int Threads => BlockX * BlockY * BlockZ;

    /// <summary>Blocks.</summary>
    public long Blocks => (long)GridX * GridY * GridZ;

    /// <summary>One block per row.</summary>
    public static LaunchShape Rows(long rows, int block, int sharedBytes = 0) => new(checked((int)rows), 1, 1, block, SharedBytes: sharedBytes);

    /// <summary>Enough blocks that every thread has at most <paramref name="perThread"/> of <paramref name="count"/> elements.</summary>
    public static LaunchShape Elements(long count, int block = 256, int perThread = 1)
    {
        var perBlock = (long)block * perThread;
        return new(checked((int)Math.Max(1, (count + perBlock - 1) / perBlock)), 1, 1, block);
    }

    /// <summary>One thread per column, 256 per block or fewer if that is enough in whole warps, and <paramref name="rows"/> blocks along y.</summary>
    public static LaunchShape Columns(int columns, int rows = 1) => new(Math.Max(1, (columns + 255) / 256), rows, 1, Math.Clamp((columns + 31) / 32 * 32, 32, 256));

    /// <summary>Threads of a block that works on a row of this width: whole warps, 256 threads at most.</summary>
    public static int RowBlock(long columns) => (int)Math.Min(256, (Math.Max(1, columns) + 31) / 32 * 32);

    /// <summary>One element per thread, several blocks of <see cref="RowBlock"/> threads per row when rows are long; there must be an element.</summary>
    public static LaunchShape RowElements(long rows, long columns)
    {
        var block = RowBlock(columns);
        return new(checked((int)(rows * ((columns + block - 1) / block))), 1, 1, block);
    }

    /// <summary>As in <c>grid (8, 1, 1), block (256, 1, 1)</c>.</summary>
    public override string ToString() =>
        $"grid ({GridX}, {GridY}, {GridZ}), block ({BlockX}, {BlockY}, {BlockZ}){(SharedBytes > 0 ? $", {SharedBytes} bytes of dynamic shared memory" : "")}{(Cluster.X > 0 ? $", cluster ({Cluster.X}, {Cluster.Y}, {Cluster.Z})" : "")}";
}
