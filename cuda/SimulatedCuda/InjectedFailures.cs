using System.Globalization;

namespace SiaEngine.SimulatedCuda;

/// <summary>
/// Failures that the environment asks for, to see what a program does about them: <c>SIA_SIM_FAIL=cuLaunchKernel:17:719,cuMemAlloc:1:2</c> fails the 17th launch
/// with status 719 and the first allocation with 2. What a GPU does not recover from stays with the context.
/// </summary>
internal static class InjectedFailures
{
    private static readonly List<(string Call, long Number, CuResult Status)> Wanted = Read(Environment.GetEnvironmentVariable("SIA_SIM_FAIL"));
    private static readonly Dictionary<string, long> Calls = new(StringComparer.Ordinal);

    /// <summary>Counts a call; throws if it is one that shall fail.</summary>
    public static void Count(string call, Context context)
    {
        if (Wanted.Count == 0) return;
        Calls.TryGetValue(call, out var number);
        Calls[call] = ++number;
        foreach (var (name, at, status) in Wanted)
        {
            if (name != call || at != number) continue;
            if (Stays(status)) context.Failure = status;
            throw new CuException(status, $"call {number} fails because SIA_SIM_FAIL says so");
        }
    }

    // What a kernel dies of, and lost devices; 701, 704 to 708 and 711 to 713 only refuse a call.
    private static bool Stays(CuResult status) => (int)status is 46 or 214 or 700 or 702 or 703 or 709 or 710 or (>= 714 and <= 719) or 999;

    private static List<(string, long, CuResult)> Read(string? text)
    {
        var wanted = new List<(string, long, CuResult)>();
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var fields = part.Split(':');
            if (fields.Length == 3 && long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && int.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var status))
                wanted.Add((fields[0], number, (CuResult)status));
            else
                Report.Line($"SIA_SIM_FAIL: '{part}' is not call:number:status");
        }

        return wanted;
    }
}
