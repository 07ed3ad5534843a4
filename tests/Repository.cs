using System.Runtime.CompilerServices;

namespace SiaEngine.Tests;

/// <summary>Where the sources of this build lie.</summary>
internal static class Repository
{
    /// <summary>The folder that holds SiaEngine.sln.</summary>
    public static string Root { get; } = Find(Path.GetDirectoryName(ThisFile())!);

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "SiaEngine.sln")) ? folder : Find(Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("SiaEngine.sln not found"));

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
