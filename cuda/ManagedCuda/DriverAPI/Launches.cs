using ManagedCuda.BasicTypes;

namespace ManagedCuda;

public static unsafe partial class DriverAPINativeMethods
{
    /// <summary>Functions.</summary>
    public static class FunctionManagement
    {
        private static readonly NativeEntry SetAttribute = Entry("cuFuncSetAttribute");

        public static CUResult cuFuncSetAttribute(CUfunction hfunc, CUFunctionAttribute attrib, int value) =>
            ((delegate* unmanaged<CUfunction, int, int, CUResult>)SetAttribute.Address)(hfunc, (int)attrib, value);
    }

    /// <summary>Launches.</summary>
    public static class Launch
    {
        private static readonly NativeEntry Kernel = Entry("cuLaunchKernel");
        private static readonly NativeEntry KernelEx = Entry("cuLaunchKernelEx");

        public static CUResult cuLaunchKernel(CUfunction f, uint gridDimX, uint gridDimY, uint gridDimZ, uint blockDimX, uint blockDimY, uint blockDimZ, uint sharedMemBytes,
            CUstream hStream, IntPtr[]? kernelParams, IntPtr[]? extra)
        {
            fixed (IntPtr* p = kernelParams, e = extra)
                return ((delegate* unmanaged<CUfunction, uint, uint, uint, uint, uint, uint, uint, CUstream, IntPtr*, IntPtr*, CUResult>)Kernel.Address)(
                    f, gridDimX, gridDimY, gridDimZ, blockDimX, blockDimY, blockDimZ, sharedMemBytes, hStream, p, e);
        }

        public static CUResult cuLaunchKernelEx(ref CUlaunchConfig config, CUfunction f, IntPtr[]? kernelParams, IntPtr[]? extra)
        {
            fixed (CUlaunchAttribute* a = config.attrs)
            fixed (IntPtr* p = kernelParams, e = extra)
            {
                var native = new NativeLaunchConfig
                {
                    GridX = config.gridDimX,
                    GridY = config.gridDimY,
                    GridZ = config.gridDimZ,
                    BlockX = config.blockDimX,
                    BlockY = config.blockDimY,
                    BlockZ = config.blockDimZ,
                    SharedBytes = config.sharedMemBytes,
                    Stream = config.hStream,
                    Attributes = a,
                    AttributeCount = (uint)(config.attrs?.Length ?? 0),
                };
                return ((delegate* unmanaged<NativeLaunchConfig*, CUfunction, IntPtr*, IntPtr*, CUResult>)KernelEx.Address)(&native, f, p, e);
            }
        }
    }
}
