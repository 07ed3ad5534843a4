using System.Runtime.InteropServices;
using System.Text;

namespace SiaEngine.Tests.Cuda.Foreign;

/// <summary>NVIDIA's run-time compiler, CUDA C++ to PTX, from <c>.cuda-tools/lib</c>; it needs no GPU.</summary>
internal static unsafe class Nvrtc
{
    private static readonly nint Library = Load();

    /// <summary>Whether the library is there.</summary>
    public static bool Available => Library != 0;

    /// <summary>Why not.</summary>
    public const string Missing = "libnvrtc is not in .cuda-tools/lib; .ci/cuda-tools fetches it";

    /// <summary>PTX of a source; fails with the compiler's log.</summary>
    public static string Compile(string name, string source, params ReadOnlySpan<string> options)
    {
        var create = (delegate* unmanaged<nint*, byte*, byte*, int, void*, void*, int>)Entry("nvrtcCreateProgram");
        var compile = (delegate* unmanaged<nint, int, byte**, int>)Entry("nvrtcCompileProgram");
        var destroy = (delegate* unmanaged<nint*, int>)Entry("nvrtcDestroyProgram");
        nint program;
        fixed (byte* text = Encoding.UTF8.GetBytes(source + '\0'), file = Encoding.UTF8.GetBytes(name + '\0'))
            if (create(&program, text, file, 0, null, null) is not 0 and var status) throw new InvalidOperationException($"nvrtcCreateProgram: {status}");
        try
        {
            var arguments = stackalloc byte*[options.Length];
            for (var i = 0; i < options.Length; i++) arguments[i] = (byte*)Marshal.StringToCoTaskMemUTF8(options[i]);
            var result = compile(program, options.Length, arguments);
            for (var i = 0; i < options.Length; i++) Marshal.FreeCoTaskMem((nint)arguments[i]);
            return result == 0 ? Text(program, "nvrtcGetPTXSize", "nvrtcGetPTX") : throw new InvalidOperationException($"{name}: {Text(program, "nvrtcGetProgramLogSize", "nvrtcGetProgramLog")}");
        }
        finally
        {
            destroy(&program);
        }
    }

    private static string Text(nint program, string size, string get)
    {
        nuint bytes;
        ((delegate* unmanaged<nint, nuint*, int>)Entry(size))(program, &bytes);
        var text = new byte[(int)bytes];
        fixed (byte* start = text) ((delegate* unmanaged<nint, byte*, int>)Entry(get))(program, start);
        return Encoding.UTF8.GetString(text).TrimEnd('\0');
    }

    private static void* Entry(string name) => (void*)NativeLibrary.GetExport(Library, name);

    private static nint Load()
    {
        var folder = Path.Combine(Repository.Root, ".cuda-tools", "lib");
        if (!OperatingSystem.IsLinux() || !Directory.Exists(folder)) return 0;
        // The compiler opens its part with the built-in functions by name; a library already loaded under that name is found.
        foreach (var file in Directory.GetFiles(folder, "libnvrtc-builtins.so.*")) NativeLibrary.TryLoad(file, out _);
        foreach (var file in Directory.GetFiles(folder, "libnvrtc.so.*"))
            if (NativeLibrary.TryLoad(file, out var library)) return library;
        return 0;
    }
}
