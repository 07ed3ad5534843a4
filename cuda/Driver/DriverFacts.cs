using System.Runtime.InteropServices;
using System.Text;
using ManagedCuda;
using ManagedCuda.BasicTypes;

namespace SiaEngine.Cuda;

/// <summary>What the driver says about itself, its devices and its statuses.</summary>
internal static class DriverFacts
{
    /// <summary>Starts the driver; the CUDA version it supports.</summary>
    /// <exception cref="DeviceException">There is none.</exception>
    public static (int Major, int Minor) Version()
    {
        try
        {
            Require(DriverAPINativeMethods.cuInit(CUInitializationFlags.None), "cuInit");
        }
        catch (DllNotFoundException e)
        {
            throw new DeviceException(e.Message.Split('\n')[0].TrimEnd(), e);
        }

        var version = 0;
        Require(DriverAPINativeMethods.cuDriverGetVersion(ref version), "cuDriverGetVersion");
        return (version / 1000, version % 1000 / 10);
    }

    /// <summary>Number of devices.</summary>
    public static int Count()
    {
        var count = 0;
        Require(DriverAPINativeMethods.DeviceManagement.cuDeviceGetCount(ref count), "cuDeviceGetCount");
        return count;
    }

    /// <summary>Name of a device.</summary>
    public static string Name(CUdevice device)
    {
        var name = new byte[256];
        Require(DriverAPINativeMethods.DeviceManagement.cuDeviceGetName(name, name.Length - 1, device), "cuDeviceGetName");
        return Encoding.ASCII.GetString(name, 0, Array.IndexOf(name, (byte)0));
    }

    /// <summary>Bytes of memory of a device.</summary>
    public static ulong Memory(CUdevice device)
    {
        SizeT bytes = 0;
        Require(DriverAPINativeMethods.DeviceManagement.cuDeviceTotalMem_v2(ref bytes, device), "cuDeviceTotalMem");
        return bytes;
    }

    /// <summary>An attribute of a device.</summary>
    public static int Attribute(CUdevice device, CUDeviceAttribute attribute)
    {
        var value = 0;
        Require(DriverAPINativeMethods.DeviceManagement.cuDeviceGetAttribute(ref value, attribute, device), "cuDeviceGetAttribute");
        return value;
    }

    /// <summary>How much memory is free, in words.</summary>
    public static string FreeMemory()
    {
        SizeT free = 0, total = 0;
        return DriverAPINativeMethods.MemoryManagement.cuMemGetInfo_v2(ref free, ref total) == CUResult.Success
            ? $"{(ulong)free >> 20} of {(ulong)total >> 20} MiB are free"
            : "how much is free cannot be asked";
    }

    /// <summary>As <c>CUDA_ERROR_ILLEGAL_ADDRESS (700), an illegal memory access was encountered</c>.</summary>
    public static string Describe(CUResult status)
    {
        var text = IntPtr.Zero;
        var known = DriverAPINativeMethods.ErrorHandling.cuGetErrorString(status, ref text) == CUResult.Success && text != IntPtr.Zero;
        return $"{StatusName(status)} ({(int)status}){(known ? $", {Marshal.PtrToStringUTF8(text)}" : "")}";
    }

    /// <summary>As <c>CUDA_ERROR_ILLEGAL_ADDRESS</c>.</summary>
    public static string StatusName(CUResult status)
    {
        var text = IntPtr.Zero;
        return DriverAPINativeMethods.ErrorHandling.cuGetErrorName(status, ref text) == CUResult.Success && text != IntPtr.Zero ? Marshal.PtrToStringUTF8(text)! : $"status {(int)status}";
    }

    /// <summary>Invalid image or PTX, no binary for the device, no compiler, unsupported PTX version, compilation disabled.</summary>
    public static bool IsRefusal(CUResult status) => (int)status is 200 or 209 or 218 or 221 or 222 or 223;

    /// <summary>There is no symbol of the name.</summary>
    public static bool IsNotFound(CUResult status) => (int)status == 500;

    /// <summary>
    /// Whether the context is beyond use: deinitialized, device unavailable, uncorrectable memory or link error, and everything a kernel can die of
    /// (illegal address 700 to launch failure 719, without those that only refuse a launch: 701, 704 to 708, 711 to 713), unknown.
    /// </summary>
    public static bool IsSticky(CUResult status) => (int)status is 4 or 46 or 214 or 220 or 700 or 702 or 709 or 710 or (>= 714 and <= 719) or 999;

    private static void Require(CUResult status, string call)
    {
        // cuInit answers 100 where a driver is installed and no device is.
        if ((int)status == 100) throw new DeviceException($"the NVIDIA driver shows no device ({call}: {Describe(status)})");
        if (status != CUResult.Success) throw new CudaException(call, StatusName(status), null, IsSticky(status), $"{call}: {Describe(status)}");
    }
}
