namespace SiaEngine.Cuda.Simulator;

/// <summary>The read-only registers of PTX ISA 8.4, section 10, that a kernel can ask for.</summary>
internal static class SpecialValues
{
    private const int Lanes = 32;

    private delegate ulong Value(Warp warp, int lane);

    private static readonly Dictionary<string, Value> Values = new(StringComparer.Ordinal)
    {
        ["%tid.x"] = static (w, l) => (ulong)(Thread(w, l) % w.Launch.Shape.BlockX),
        ["%tid.y"] = static (w, l) => (ulong)(Thread(w, l) / w.Launch.Shape.BlockX % w.Launch.Shape.BlockY),
        ["%tid.z"] = static (w, l) => (ulong)(Thread(w, l) / w.Launch.Shape.BlockX / w.Launch.Shape.BlockY),
        ["%ntid.x"] = static (w, _) => (ulong)w.Launch.Shape.BlockX,
        ["%ntid.y"] = static (w, _) => (ulong)w.Launch.Shape.BlockY,
        ["%ntid.z"] = static (w, _) => (ulong)w.Launch.Shape.BlockZ,
        ["%ctaid.x"] = static (w, _) => (ulong)(w.Block % w.Launch.Shape.GridX),
        ["%ctaid.y"] = static (w, _) => (ulong)(w.Block / w.Launch.Shape.GridX % w.Launch.Shape.GridY),
        ["%ctaid.z"] = static (w, _) => (ulong)(w.Block / w.Launch.Shape.GridX / w.Launch.Shape.GridY),
        ["%nctaid.x"] = static (w, _) => (ulong)w.Launch.Shape.GridX,
        ["%nctaid.y"] = static (w, _) => (ulong)w.Launch.Shape.GridY,
        ["%nctaid.z"] = static (w, _) => (ulong)w.Launch.Shape.GridZ,
        ["%clusterid.x"] = static (w, _) => (ulong)(w.Block % w.Launch.Shape.GridX),
        ["%clusterid.y"] = static (w, _) => (ulong)(w.Block / w.Launch.Shape.GridX % w.Launch.Shape.GridY),
        ["%clusterid.z"] = static (w, _) => (ulong)(w.Block / w.Launch.Shape.GridX / w.Launch.Shape.GridY),
        ["%nclusterid.x"] = static (w, _) => (ulong)w.Launch.Shape.GridX,
        ["%nclusterid.y"] = static (w, _) => (ulong)w.Launch.Shape.GridY,
        ["%nclusterid.z"] = static (w, _) => (ulong)w.Launch.Shape.GridZ,
        ["%cluster_ctarank"] = static (_, _) => 0,
        ["%cluster_nctarank"] = static (_, _) => 1,
        ["%laneid"] = static (_, l) => (ulong)l,
        ["%warpid"] = static (w, _) => (ulong)w.Index,
        ["%nwarpid"] = static (w, _) => (ulong)((w.Launch.Shape.Threads + Lanes - 1) / Lanes),
        ["%smid"] = static (w, _) => (ulong)(w.Block % w.Launch.Multiprocessors),
        ["%nsmid"] = static (w, _) => (ulong)w.Launch.Multiprocessors,
        ["%gridid"] = static (w, _) => (ulong)w.Launch.Number,
        ["%lanemask_eq"] = static (_, l) => 1UL << l,
        ["%lanemask_le"] = static (_, l) => (2UL << l) - 1,
        ["%lanemask_lt"] = static (_, l) => (1UL << l) - 1,
        ["%lanemask_ge"] = static (_, l) => (uint)(~0UL << l),
        ["%lanemask_gt"] = static (_, l) => (uint)(~1UL << l),
        ["%dynamic_smem_size"] = static (w, _) => (ulong)w.Launch.Shape.SharedBytes,
        ["%aggr_smem_size"] = static (w, _) => (ulong)(w.Launch.Kernel.SharedBytes + w.Launch.Shape.SharedBytes),
        ["%total_smem_size"] = static (w, _) => (ulong)(w.Launch.Kernel.SharedBytes + w.Launch.Shape.SharedBytes),
        ["%clock"] = static (w, _) => (ulong)w.Clock,
        ["%clock_hi"] = static (w, _) => (ulong)w.Clock >> 32,
        ["%clock64"] = static (w, _) => (ulong)w.Clock,
        ["%globaltimer"] = static (w, _) => (ulong)w.Clock,
        ["%globaltimer_lo"] = static (w, _) => (ulong)w.Clock,
        ["%globaltimer_hi"] = static (w, _) => (ulong)w.Clock >> 32,
    };

    /// <summary>Whether the simulator knows the register.</summary>
    public static bool IsKnown(string name) => Values.ContainsKey(Full(name));

    /// <summary>Whether its value changes while a thread runs.</summary>
    public static bool IsClock(string name) => name.StartsWith("%clock", StringComparison.Ordinal) || name.StartsWith("%globaltimer", StringComparison.Ordinal);

    /// <summary>Whether it has 64 bits.</summary>
    public static bool IsWide(string name) => name is "%clock64" or "%globaltimer" or "%gridid";

    /// <summary>Sets the registers a kernel uses when a block begins.</summary>
    /// <param name="warp">The warp.</param>
    /// <param name="lanes">Whether those that differ from lane to lane must be set; they depend on the shape of the block only.</param>
    public static void Fill(Warp warp, bool lanes)
    {
        foreach (var (name, slot) in warp.Launch.Kernel.Specials)
        {
            var value = Values[Full(name)];
            if (!IsOfLane(name)) Fill(warp, slot, value(warp, 0));
            else if (lanes)
                for (var lane = 0; lane < Lanes; lane++) warp.Lane<uint>(slot, lane) = (uint)value(warp, lane);
        }
    }

    /// <summary>Sets the clocks.</summary>
    public static void FillClocks(Warp warp)
    {
        foreach (var (name, slot) in warp.Launch.Kernel.Specials)
            if (IsClock(name)) Fill(warp, slot, Values[Full(name)](warp, 0));
    }

    private static unsafe void Fill(Warp warp, Slot slot, ulong value)
    {
        if (slot.Stride == 8) new Span<ulong>(warp.File + slot.Offset, Lanes).Fill(value);
        else new Span<uint>(warp.File + slot.Offset, Lanes).Fill((uint)value);
    }

    private static bool IsOfLane(string name) => name.StartsWith("%tid", StringComparison.Ordinal) || name.StartsWith("%lane", StringComparison.Ordinal);

    private static int Thread(Warp warp, int lane) => warp.Index * Lanes + lane;

    private static string Full(string name) => name is "%tid" or "%ntid" or "%ctaid" or "%nctaid" ? name + ".x" : name;
}
