using ManagedCuda.BasicTypes;

namespace ManagedCuda;

/// <summary>Entry points of the CUDA driver, by group. References that a call fills are passed on as pinned pointers.</summary>
public static unsafe partial class DriverAPINativeMethods
{
    private static readonly NativeEntry Init = Entry("cuInit");
    private static readonly NativeEntry DriverGetVersion = Entry("cuDriverGetVersion");

    public static CUResult cuInit(CUInitializationFlags Flags) => ((delegate* unmanaged<uint, CUResult>)Init.Address)((uint)Flags);

    public static CUResult cuDriverGetVersion(ref int driverVersion)
    {
        fixed (int* version = &driverVersion) return ((delegate* unmanaged<int*, CUResult>)DriverGetVersion.Address)(version);
    }

    private static NativeEntry Entry(string name) => new(NativeLibraryFile.Driver, name);
}
