using System.Collections.Concurrent;

namespace SiaEngine.Cuda;

/// <summary>The kernels of <c>native/ptx</c>, embedded in this assembly.</summary>
public static class PtxLibrary
{
    private const string Prefix = "ptx/";
    private const string IncludeFolder = "include/";

    private static readonly ConcurrentDictionary<string, PtxSource> Loaded = new(StringComparer.Ordinal);

    /// <summary>Names of all files without their ending, in order; those of the ladder as <c>ladder/gemm_1_naive</c>. Include files are not among them.</summary>
    public static IReadOnlyList<string> Names { get; } = ReadNames();

    /// <summary>The file as it is assembled, with its template expanded.</summary>
    /// <exception cref="PtxException">There is none with this name, and the message lists them; or its template is wrong.</exception>
    public static PtxSource Load(string name) => Loaded.GetOrAdd(name, static name => PtxTemplate.Expand($"{name}.ptx", ReadTemplate(name), ReadInclude));

    /// <summary>The file as it is written, before expansion.</summary>
    /// <exception cref="PtxException">There is none with this name; the message lists them.</exception>
    public static string ReadTemplate(string name) =>
        Read(name) ?? throw new PtxException($"no PTX file '{name}'; the files are {string.Join(", ", Names)}");

    /// <summary>Text of an include file.</summary>
    /// <exception cref="PtxException">There is none with this name; the message lists them.</exception>
    public static string ReadInclude(string name)
    {
        if (Read(IncludeFolder + name) is { } text) return text;
        var names = new List<string>();
        foreach (var resource in Resources())
            if (resource.StartsWith(IncludeFolder, StringComparison.Ordinal)) names.Add(resource[IncludeFolder.Length..]);
        throw new PtxException($"no include file '{name}'; the include files are {string.Join(", ", names)}");
    }

    private static string? Read(string name)
    {
        using var stream = typeof(PtxLibrary).Assembly.GetManifestResourceStream($"{Prefix}{name}.ptx");
        if (stream is null) return null;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static List<string> Resources()
    {
        var names = new List<string>();
        foreach (var resource in typeof(PtxLibrary).Assembly.GetManifestResourceNames())
            if (resource.StartsWith(Prefix, StringComparison.Ordinal)) names.Add(resource[Prefix.Length..^".ptx".Length].Replace('\\', '/'));
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    private static string[] ReadNames()
    {
        var names = Resources();
        names.RemoveAll(static name => name.StartsWith(IncludeFolder, StringComparison.Ordinal));
        return [.. names];
    }
}
