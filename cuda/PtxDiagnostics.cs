using System.Globalization;
using System.Text.RegularExpressions;

namespace SiaEngine.Cuda;

/// <summary>Reads what NVIDIA's PTX compiler says, as a program or inside the driver, and finds the line of the file behind it.</summary>
internal static partial class PtxDiagnostics
{
    /// <summary>The compiler's first error at the line of the file it came from, and how many more there are.</summary>
    /// <param name="source">What was compiled.</param>
    /// <param name="compiler">Who refused it, as <c>ptxas for sm_90</c>.</param>
    /// <param name="log">What it said.</param>
    public static string FirstError(PtxSource source, string compiler, string log)
    {
        string? first = null;
        var more = 0;
        foreach (var line in log.Split('\n'))
        {
            if (ErrorLine().Match(line) is not { Success: true } error) continue;
            if (first is null) first = $"{source.Place(int.Parse(error.Groups[1].Value, CultureInfo.InvariantCulture))}: {compiler}: {error.Groups[2].Value.Trim()}";
            else more++;
        }

        first ??= $"{source.Name}: {compiler}: {log.Trim().ReplaceLineEndings("; ")}";
        return more > 0 ? $"{first} (and {more} more)" : first;
    }

    [GeneratedRegex(@", line (\d+); (?:error|fatal)\s*:\s*(.*)$")]
    private static partial Regex ErrorLine();
}
