using System.Globalization;

namespace SiaEngine.SimulatedCuda;

/// <summary>Addresses of this library's own exports by name, for <c>cuGetProcAddress</c>.</summary>
internal static unsafe class ProcAddress
{
    private const int SymbolFound = 0;
    private const int SymbolNotFound = 1;
    private const int VersionTooOld = 2;
    private const ulong PerThreadStream = 2;

    private static nint _library;

    /// <summary>Finds a function by its name in the headers, where most names stand for the newest version.</summary>
    public static CuResult Find(byte* symbol, nint* function, int version, ulong flags, int* status)
    {
        var name = Marshal.PtrToStringUTF8((nint)symbol);
        if (string.IsNullOrEmpty(name) || function is null) return CuResult.InvalidValue;
        *function = 0;
        foreach (var candidate in Candidates(name, version, (flags & PerThreadStream) != 0))
        {
            if (!NativeLibrary.TryGetExport(Library(), candidate, out *function)) continue;
            if (status is not null) *status = SymbolFound;
            return CuResult.Success;
        }

        if (status is null) return CuResult.NotFound;
        *status = version > Gpu.DriverVersion ? VersionTooOld : SymbolNotFound;
        return CuResult.NotFound;
    }

    private static List<string> Candidates(string name, int version, bool perThread)
    {
        var names = new List<string>();
        if (name is "cuGraphInstantiate" && version >= 12000) names.Add("cuGraphInstantiateWithFlags");
        if (perThread) names.AddRange([$"{name}_v2_ptsz", $"{name}_v2_ptds", $"{name}_ptsz", $"{name}_ptds"]);
        if (name != "cuGetProcAddress" || version >= 12000) names.Add($"{name}_v2");
        names.Add(name);
        return names;
    }

    /// <summary>This library as the loader knows it: the file whose mapping holds one of its functions.</summary>
    private static nint Library()
    {
        if (_library != 0) return _library;
        var inside = (ulong)(delegate* unmanaged<uint, CuResult>)&Exports.DriverExports.Init;
        foreach (var line in File.ReadLines("/proc/self/maps"))
        {
            var dash = line.IndexOf('-', StringComparison.Ordinal);
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            var path = line.IndexOf('/', StringComparison.Ordinal);
            if (path < 0 || dash < 0 || space < dash) continue;
            if (inside < Hex(line.AsSpan(0, dash)) || inside >= Hex(line.AsSpan(dash + 1, space - dash - 1))) continue;
            return _library = NativeLibrary.Load(line[path..]);
        }

        throw new CuException(CuResult.Unknown, "this library is not in /proc/self/maps");
    }

    private static ulong Hex(ReadOnlySpan<char> digits) => ulong.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
