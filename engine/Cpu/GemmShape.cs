using System.Numerics;
using System.Runtime.CompilerServices;

namespace SiaEngine.Cpu;

/// <summary>Sizes of a <see cref="Gemm"/>'s tiles and tasks, by the number of vector registers.</summary>
internal static class GemmShape<T, V, L>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
    where L : struct, ILanes<T, V>
{
    /// <summary>Rows of a task: as many strips of A stay in the L2 cache while the panels of B pass by.</summary>
    private const int TaskRows = 72;

    /// <summary>Rows of a tile.</summary>
    public static int Rows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => L.ManyRegisters ? GemmTile.Rows : GemmTile4x3.Rows;
    }

    /// <summary>Columns of a tile.</summary>
    public static int Columns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (L.ManyRegisters ? GemmTile.Vectors : GemmTile4x3.Vectors) * L.Count;
    }

    /// <summary>Most strips of a task.</summary>
    public static int StripsPerTask
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TaskRows / Rows;
    }

    /// <summary>Groups of strips to aim at.</summary>
    public static int StripGroups
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => L.ManyRegisters ? 16 : 1;
    }

    /// <summary>Enough tasks to share out evenly.</summary>
    public static int FewTasks
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => L.ManyRegisters ? 16 : 48;
    }
}
