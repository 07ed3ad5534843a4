using System.Diagnostics;
using System.Runtime.InteropServices;
using ManagedCuda;

namespace SiaEngine.Tests.Cuda.ManagedCuda;

/// <summary>
/// The library of <c>recording_driver.c</c> in the place of the CUDA driver and of cuBLAS, built with gcc. Tests that use it run alone, since the whole process sees it.
/// </summary>
internal sealed unsafe class RecordingDriver : IDisposable
{
    private static readonly Dictionary<string, string> Built = [];

    private readonly nint _library;

    /// <summary>Builds the library, or skips the test where there is no gcc.</summary>
    public RecordingDriver(params string[] defines)
    {
        var file = Build(defines);
        _library = NativeLibrary.Load(file);
        NativeLibraryFile.Driver.Redirect(file);
        NativeLibraryFile.Blas.Redirect(file);
        ((delegate* unmanaged<void>)Export("recording_reset"))();
    }

    /// <summary>Every call so far, with its arguments.</summary>
    public (string Name, ulong[] Arguments)[] Calls
    {
        get
        {
            var calls = new (string, ulong[])[((delegate* unmanaged<int>)Export("recording_count"))()];
            for (var i = 0; i < calls.Length; i++)
            {
                var record = (byte*)((delegate* unmanaged<int, nint>)Export("recording_call"))(i);
                calls[i] = (Marshal.PtrToStringUTF8((nint)record)!, new ReadOnlySpan<ulong>(record + 56, *(int*)(record + 48)).ToArray());
            }

            return calls;
        }
    }

    /// <summary>Makes a later call fail.</summary>
    /// <param name="call">Entry point.</param>
    /// <param name="status">What it answers.</param>
    /// <param name="after">How many calls of it still succeed.</param>
    /// <param name="sticky">Whether every call after it fails with the status too.</param>
    public void Fail(string call, int status, int after = 0, bool sticky = false)
    {
        var name = Marshal.StringToCoTaskMemUTF8(call);
        ((delegate* unmanaged<nint, int, int, int, void>)Export("recording_fail"))(name, status, after, sticky ? 1 : 0);
        Marshal.FreeCoTaskMem(name);
    }

    public void Dispose()
    {
        NativeLibraryFile.Driver.Redirect(null);
        NativeLibraryFile.Blas.Redirect(null);
    }

    private nint Export(string name) => NativeLibrary.GetExport(_library, name);

    private static string Build(string[] defines)
    {
        var key = string.Join(' ', defines);
        if (Built.TryGetValue(key, out var file)) return file;
        file = Path.Combine(Directory.CreateTempSubdirectory("sia-recording-").FullName, "recording.so");
        var start = new ProcessStartInfo("gcc") { RedirectStandardError = true };
        foreach (var argument in (string[])["-shared", "-fPIC", "-O1", .. defines.Select(d => $"-D{d}"), "-o", file, Path.Combine(AppContext.BaseDirectory, "Cuda", "ManagedCuda", "recording_driver.c")])
            start.ArgumentList.Add(argument);
        try
        {
            using var gcc = Process.Start(start)!;
            var errors = gcc.StandardError.ReadToEnd();
            gcc.WaitForExit();
            Assert.True(gcc.ExitCode == 0, errors);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("gcc was not found: it builds the driver that records calls");
        }

        Built.Add(key, file);
        return file;
    }
}
