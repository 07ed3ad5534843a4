namespace SiaEngine.Cuda.Simulator;

/// <summary>The predefined, read-only registers (PTX ISA 8.4, chapter 10).</summary>
internal static class SpecialRegisters
{
    private static readonly HashSet<string> Vectors = new(StringComparer.Ordinal)
    {
        "%tid", "%ntid", "%ctaid", "%nctaid", "%clusterid", "%nclusterid", "%cluster_ctaid", "%cluster_nctaid",
    };

    private static readonly HashSet<string> Scalars = new(StringComparer.Ordinal)
    {
        "%laneid", "%warpid", "%nwarpid", "%smid", "%nsmid", "%gridid", "%lanemask_eq", "%lanemask_le", "%lanemask_lt", "%lanemask_ge", "%lanemask_gt",
        "%clock", "%clock_hi", "%clock64", "%globaltimer", "%globaltimer_lo", "%globaltimer_hi", "%total_smem_size", "%aggr_smem_size", "%dynamic_smem_size",
        "%is_explicit_cluster", "%cluster_ctarank", "%cluster_nctarank", "%current_graph_exec", "%reserved_smem_offset_begin", "%reserved_smem_offset_end",
        "%reserved_smem_offset_cap",
    };

    /// <summary>Whether it has components x, y, z.</summary>
    public static bool IsVector(string name) => Vectors.Contains(name);

    /// <summary>Whether there is one with this name.</summary>
    public static bool Exists(string name) => Vectors.Contains(name) || Scalars.Contains(name) || IsNumbered(name, "%envreg", 32) || IsNumbered(name, "%pm", 8);

    /// <summary>All names but the numbered ones.</summary>
    public static IEnumerable<string> Names
    {
        get
        {
            foreach (var name in Vectors) yield return name;
            foreach (var name in Scalars) yield return name;
        }
    }

    private static bool IsNumbered(string name, string prefix, int count) =>
        name.StartsWith(prefix, StringComparison.Ordinal) && int.TryParse(name.AsSpan(prefix.Length), out var number) && number >= 0 && number < count;
}
