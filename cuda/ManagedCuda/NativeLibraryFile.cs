using System.Runtime.InteropServices;

namespace ManagedCuda;

/// <summary>A native library that goes by several names; loaded on first use. A variable of the environment names it instead, and then no other name is tried.</summary>
/// <param name="what">What it is, for the message.</param>
/// <param name="variable">Variable of the environment that holds its path.</param>
/// <param name="names">Names tried in order, as the system's loader knows them.</param>
internal sealed class NativeLibraryFile(string what, string variable, params string[] names)
{
    private readonly Lock _lock = new();
    private string? _redirected;
    private nint _handle;

    /// <summary>The CUDA driver.</summary>
    public static NativeLibraryFile Driver { get; } = new("NVIDIA driver", "SIA_LIBCUDA", OperatingSystem.IsWindows() ? ["nvcuda.dll"] : ["libcuda.so.1", "libcuda.so"]);

    /// <summary>cuBLAS.</summary>
    public static NativeLibraryFile Blas { get; } = new("cuBLAS", "SIA_LIBCUBLAS",
        OperatingSystem.IsWindows() ? ["cublas64_13.dll", "cublas64_12.dll"] : ["libcublas.so.13", "libcublas.so.12", "libcublas.so"]);

    /// <summary>Counts the times entries must be looked up anew.</summary>
    public int Generation { get; private set; } = 1;

    /// <summary>An entry's address.</summary>
    /// <exception cref="DllNotFoundException">The library does not load; the message lists what was tried.</exception>
    /// <exception cref="EntryPointNotFoundException">It has no such entry.</exception>
    public nint Find(string entry) =>
        NativeLibrary.TryGetExport(Handle(), entry, out var address) ? address : throw new EntryPointNotFoundException($"this {what} has no {entry}: it is too old");

    /// <summary>Looks into another file from now on, or with null where it would look by itself. For tests.</summary>
    public void Redirect(string? path)
    {
        lock (_lock)
        {
            (_redirected, _handle) = (path, 0);
            Generation++;
        }
    }

    private nint Handle()
    {
        lock (_lock)
        {
            if (_handle != 0) return _handle;
            var named = _redirected ?? Environment.GetEnvironmentVariable(variable);
            if (named is { Length: > 0 })
                return NativeLibrary.TryLoad(named, out _handle) ? _handle : throw new DllNotFoundException($"no {what}; {variable} names {named}, which does not load");
            foreach (var name in names)
                if (NativeLibrary.TryLoad(name, out _handle)) return _handle;
            throw new DllNotFoundException($"no {what}; looked for {string.Join(", ", names)} on the library search path, {variable} names no file");
        }
    }
}
