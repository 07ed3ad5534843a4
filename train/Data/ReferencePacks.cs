namespace SiaEngine.Train.Data;

/// <summary>
/// Finds the XML documentation that every .NET SDK brings along: <c>packs/*.Ref/VERSION/ref/net*/*.xml</c>, the newest version of each pack.
/// </summary>
internal static class ReferencePacks
{
    /// <summary>The first SDK found that has documentation, and its files as (path, name) in a fixed order.</summary>
    /// <exception cref="DataException">No SDK here has reference packs.</exception>
    public static (string Root, List<(string Path, string Name)> Files) Find()
    {
        List<string> tried = [];
        foreach (var root in Roots())
        {
            if (tried.Contains(root)) continue;
            tried.Add(root);
            if (Files(root) is { Count: > 0 } files) return (root, files);
        }

        throw new DataException($"default corpus: no XML documentation in packs/*.Ref below {string.Join(", ", tried)}; "
            + "install the .NET SDK or give --data PATH");
    }

    /// <summary>The documentation below one SDK's root; empty if there is none.</summary>
    public static List<(string Path, string Name)> Files(string root)
    {
        List<(string Path, string Name)> files = [];
        var packs = Path.Combine(root, "packs");
        if (!Directory.Exists(packs)) return files;
        foreach (var pack in Directory.EnumerateDirectories(packs, "*.Ref"))
            foreach (var path in NewestDocumentation(pack))
                files.Add((path, $"{Path.GetFileName(pack)}/{Path.GetFileName(path)}"));
        files.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return files;
    }

    private static List<string> NewestDocumentation(string pack)
    {
        var versions = Directory.GetDirectories(pack);
        Array.Sort(versions, (a, b) => Version(b).CompareTo(Version(a)));
        foreach (var version in versions)
        {
            var reference = Path.Combine(version, "ref");
            if (!Directory.Exists(reference)) continue;
            var frameworks = Directory.GetDirectories(reference, "net*");
            Array.Sort(frameworks, string.CompareOrdinal);
            List<string> files = [];
            foreach (var framework in frameworks) files.AddRange(Directory.EnumerateFiles(framework, "*.xml"));
            if (files.Count > 0) return files;
        }

        return [];
    }

    // A preview, 11.0.0-preview.2, sorts with its release.
    private static Version Version(string directory) =>
        System.Version.TryParse(Path.GetFileName(directory).Split('-')[0], out var version) ? version : new Version(0, 0);

    private static IEnumerable<string> Roots()
    {
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root) yield return Path.GetFullPath(root);
        // ROOT/shared/Microsoft.NETCore.App/VERSION/System.Private.CoreLib.dll
        if (typeof(object).Assembly.Location is { Length: > 0 } runtime) yield return Path.GetFullPath(Path.Combine(runtime, "../../../.."));
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            var program = new FileInfo(Path.Combine(folder, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
            if (!program.Exists) continue;
            var real = program.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? program.FullName;
            yield return Path.GetDirectoryName(real)!;
        }
    }
}
