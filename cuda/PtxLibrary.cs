namespace SiaEngine.Cuda;

/// <summary>The kernels of <c>native/ptx</c>, embedded in this assembly.</summary>
public static class PtxLibrary
{
    private const string Prefix = "ptx/";

    /// <summary>Names of all files without their ending, in order; those of the ladder as <c>ladder/gemm_1_naive</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = ReadNames();

    /// <summary>The file as it is assembled.</summary>
    /// <exception cref="PtxException">There is none with this name; the message lists them.</exception>
    public static PtxSource Load(string name)
    {
        using var stream = typeof(PtxLibrary).Assembly.GetManifestResourceStream($"{Prefix}{name}.ptx")
            ?? throw new PtxException($"no PTX file '{name}'; the files are {string.Join(", ", Names)}");
        using var reader = new StreamReader(stream);
        return new PtxSource($"{name}.ptx", reader.ReadToEnd());
    }

    private static string[] ReadNames()
    {
        var names = new List<string>();
        foreach (var resource in typeof(PtxLibrary).Assembly.GetManifestResourceNames())
            if (resource.StartsWith(Prefix, StringComparison.Ordinal)) names.Add(resource[Prefix.Length..^".ptx".Length]);
        names.Sort(StringComparer.Ordinal);
        return [.. names];
    }
}
