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

    /// <summary>Sets the registers a kernel uses for all lanes of a warp; only the clocks if <paramref name="clocks"/>.</summary>
    public static void Fill(Warp warp, bool clocks)
    {
        foreach (var (name, slot) in warp.Launch.Kernel.Specials)
        {
            if (clocks && !IsClock(name)) continue;
            var value = Values[Full(name)];
            for (var lane = 0; lane < Lanes; lane++)
            {
                if (slot.Stride == 8) warp.Lane<ulong>(slot, lane) = value(warp, lane);
                else warp.Lane<uint>(slot, lane) = (uint)value(warp, lane);
            }
        }
    }

    private static int Thread(Warp warp, int lane) => warp.Index * Lanes + lane;

    private static string Full(string name) => name is "%tid" or "%ntid" or "%ctaid" or "%nctaid" ? name + ".x" : name;
}
