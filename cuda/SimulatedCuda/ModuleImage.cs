namespace SiaEngine.SimulatedCuda;

/// <summary>What programs load: PTX text that ends with a zero byte.</summary>
internal static unsafe class ModuleImage
{
    private const uint Elf = 0x464c457f;
    private const uint FatBinary = 0xba55ed50;
    private const uint FatBinaryWrapper = 0x466243b1;

    /// <summary>A file and a zero byte.</summary>
    public static byte[] ReadFile(byte* path)
    {
        var file = Marshal.PtrToStringUTF8((nint)path);
        if (!File.Exists(file)) throw new CuException(CuResult.FileNotFound, $"there is no file {file}");
        var bytes = File.ReadAllBytes(file);
        Array.Resize(ref bytes, bytes.Length + 1);
        return bytes;
    }

    /// <summary>Loads an image and writes the logs.</summary>
    public static CuResult Load(string call, Context context, nint* module, byte* image, JitOptions? options)
    {
        context.ForbidInCapture(call);
        if (image is null || module is null) return CuResult.InvalidValue;
        Logged(options, () => *module = LoadedModule.Load(context, Text(image)).Handle);
        return CuResult.Success;
    }

    /// <summary>Reads an image without loading it, and writes the logs.</summary>
    public static string Read(byte* image, JitOptions? options)
    {
        var text = "";
        Logged(options, () =>
        {
            text = Text(image);
            Parser.Parse(new PtxSource(LoadedModule.SourceName, text));
        });
        return text;
    }

    private static void Logged(JitOptions? options, Action work)
    {
        try
        {
            work();
        }
        catch (PtxException failure)
        {
            options?.Write("", JitOptions.Format(failure, LoadedModule.SourceName));
            throw;
        }
        catch (CuException failure)
        {
            options?.Write("", failure.Message);
            throw;
        }

        options?.Write("", "");
    }

    private static string Text(byte* image)
    {
        var magic = image[0] == 0 ? 0 : *(uint*)image;
        if (magic is Elf or FatBinary or FatBinaryWrapper)
            throw new CuException(CuResult.NoBinaryForGpu, $"the image is {(magic == Elf ? "a cubin" : "a fat binary")}; the simulator runs PTX text");
        return Marshal.PtrToStringUTF8((nint)image) ?? "";
    }
}
