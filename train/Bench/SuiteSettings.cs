using System.Text.Json.Nodes;

namespace SiaEngine.Train.Bench;

/// <summary>What a suite runs beside our cases.</summary>
/// <param name="Peer">The peer's program; null for ours alone.</param>
/// <param name="TcMalloc">Allocator to preload for the tuned peer; null if there is none.</param>
/// <param name="OpenBlas">Library to time products beside, too.</param>
/// <param name="Threads">All threads.</param>
/// <param name="Quick">Only cases that take seconds.</param>
internal sealed record SuiteSettings(string? Peer, string? TcMalloc, string? OpenBlas, int Threads, bool Quick)
{
    private const string Tuned = "tcmalloc";

    private static readonly string[] Places =
    [
        "/usr/lib/x86_64-linux-gnu/libtcmalloc_minimal.so.4", "/usr/lib/aarch64-linux-gnu/libtcmalloc_minimal.so.4", "/usr/lib64/libtcmalloc_minimal.so.4", "/usr/lib/libtcmalloc_minimal.so.4",
    ];

    /// <summary>An installed tcmalloc, if any.</summary>
    public static string? FindTcMalloc() => OperatingSystem.IsLinux() ? Places.FirstOrDefault(File.Exists) : null;

    /// <summary>The peer's allocators: its own, and the tuned one.</summary>
    public string[] Allocators => TcMalloc is null ? [""] : ["", Tuned];

    /// <summary>Shell command of a case's other side; empty where there is none.</summary>
    /// <param name="item">The case.</param>
    /// <param name="variant">The peer's variant, as in <c>rope-sdpa with tcmalloc</c>.</param>
    public string Command(SuiteCase item, string? variant)
    {
        if (item.Blas is not null) return $"'{Path.Combine(AppContext.BaseDirectory, "sia")}' bench {item.Ours} --blas '{item.Blas}' --threads {item.Threads} {string.Join(' ', item.Timing.Options)}";
        if (Peer is null || item.Peer is null) return "";
        var preload = variant?.EndsWith(Tuned, StringComparison.Ordinal) == true ? $"LD_PRELOAD='{TcMalloc}' " : "";
        var program = Peer.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? $"dotnet '{Peer}'" : $"'{Peer}'";
        var chosen = variant is null || item.Peer.Contains("--variant", StringComparison.Ordinal) ? "" : $" --variant {variant.Split(' ')[0]}";
        return $"{preload}{program} {item.Peer}{chosen} --threads {item.Threads} {string.Join(' ', item.Timing.Options)}";
    }

    /// <summary>What an earlier suite had otherwise, in words; null if it can be continued.</summary>
    public string? Differs(JsonObject earlier)
    {
        if ((string?)earlier["version"] != TrainingRun.Version) return $"version {earlier["version"]}";
        if ((string?)earlier["machine"] != MachineReport.Name) return $"machine {earlier["machine"]}";
        if ((int?)earlier["threads"] != Threads) return $"{earlier["threads"]} threads";
        if ((bool?)earlier["quick"] != Quick) return Quick ? "all cases" : "--quick";
        return null;
    }
}
