using System.Runtime.InteropServices;
using System.Text;
using ManagedCuda;
using ManagedCuda.BasicTypes;

namespace SiaEngine.Cuda;

/// <summary>Gives PTX to the compiler inside the driver and reads what it says.</summary>
internal static class ModuleLoad
{
    /// <summary>The entry point.</summary>
    public const string Call = "cuModuleLoadDataEx";

    private const int LogBytes = 16 << 10;

    /// <summary>Loads PTX into the current context.</summary>
    /// <returns>Success, or a status that has nothing to do with the text.</returns>
    /// <exception cref="PtxException">It is refused; the message has file, line and the compiler's words.</exception>
    public static CUResult Run(PtxSource source, string device, ref CUmodule module)
    {
        var image = new byte[Encoding.UTF8.GetByteCount(source.Text) + 1];
        Encoding.UTF8.GetBytes(source.Text, image);
        var (info, error) = (GC.AllocateArray<byte>(LogBytes, pinned: true), GC.AllocateArray<byte>(LogBytes, pinned: true));
        CUJITOption[] options = [CUJITOption.InfoLogBuffer, CUJITOption.InfoLogBufferSizeBytes, CUJITOption.ErrorLogBuffer, CUJITOption.ErrorLogBufferSizeBytes];
        IntPtr[] values = [Marshal.UnsafeAddrOfPinnedArrayElement(info, 0), LogBytes, Marshal.UnsafeAddrOfPinnedArrayElement(error, 0), LogBytes];
        var status = DriverAPINativeMethods.ModuleManagement.cuModuleLoadDataEx(ref module, image, (uint)options.Length, options, values);
        if (!DriverFacts.IsRefusal(status)) return status;
        var said = Text(error) is { Length: > 0 } log ? log : Text(info);
        throw new PtxException($"{PtxDiagnostics.FirstError(source, $"the driver's compiler for {device}", said)} ({Call}: {DriverFacts.Describe(status)})");
    }

    private static string Text(byte[] log)
    {
        var end = Array.IndexOf(log, (byte)0);
        return Encoding.UTF8.GetString(log, 0, end < 0 ? log.Length : end).Trim();
    }
}
