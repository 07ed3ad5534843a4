using System.Text;
using Microsoft.Win32.SafeHandles;

namespace SiaEngine.SimulatedCuda;

/// <summary>Lines on standard error: what hardware would hide or only number. <c>SIA_SIM_QUIET=1</c> turns them off.</summary>
internal static class Report
{
    private const int MostHints = 3;

    private static readonly bool Quiet = Environment.GetEnvironmentVariable("SIA_SIM_QUIET") is "1";
    private static readonly Dictionary<string, int> Hints = [];

    /// <summary>Writes one line.</summary>
    public static void Line(string text)
    {
        if (Quiet) return;
        try
        {
            using var handle = new SafeFileHandle(2, ownsHandle: false);
            using var stream = new FileStream(handle, FileAccess.Write, bufferSize: 0);
            stream.Write(Encoding.UTF8.GetBytes($"simcuda: {text.ReplaceLineEndings(" ")}\n"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A program may have closed its standard error.
        }
    }

    /// <summary>Writes a line about something that is allowed but suspicious; of each kind the first three.</summary>
    public static void Hint(string kind, string text)
    {
        Hints.TryGetValue(kind, out var count);
        Hints[kind] = count + 1;
        if (count < MostHints) Line(count + 1 == MostHints ? $"{text} (further ones are not reported)" : text);
    }
}
