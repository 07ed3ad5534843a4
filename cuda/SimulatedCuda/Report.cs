using System.Text;

namespace SiaEngine.SimulatedCuda;

/// <summary>Lines on standard error: what hardware would hide or only number. <c>SIA_SIM_QUIET=1</c> turns them off.</summary>
internal static unsafe partial class Report
{
    private const int StandardError = 2;
    private const int MostHints = 3;

    private static readonly bool Quiet = Environment.GetEnvironmentVariable("SIA_SIM_QUIET") is "1";
    private static readonly Dictionary<string, int> Hints = [];

    /// <summary>Writes one line.</summary>
    public static void Line(string text)
    {
        if (Quiet) return;
        var bytes = Encoding.UTF8.GetBytes($"simcuda: {text.ReplaceLineEndings(" ")}\n");
        fixed (byte* line = bytes) _ = Write(StandardError, line, (nuint)bytes.Length);
    }

    /// <summary>Writes a line about something that is allowed but suspicious; of each kind the first three.</summary>
    public static void Hint(string kind, string text)
    {
        Hints.TryGetValue(kind, out var count);
        Hints[kind] = count + 1;
        if (count < MostHints) Line(count + 1 == MostHints ? $"{text} (further ones are not reported)" : text);
    }

    // The file behind standard error is the program's too: bytes go behind what it wrote, in one piece.
    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(int file, byte* bytes, nuint count);
}
