using ManagedCuda.BasicTypes;

namespace ManagedCuda;

public static unsafe partial class DriverAPINativeMethods
{
    /// <summary>Contexts.</summary>
    public static class ContextManagement
    {
        private static readonly NativeEntry SetCurrent = Entry("cuCtxSetCurrent");
        private static readonly NativeEntry Retain = Entry("cuDevicePrimaryCtxRetain");
        private static readonly NativeEntry Release = Entry("cuDevicePrimaryCtxRelease_v2");

        public static CUResult cuCtxSetCurrent(CUcontext ctx) => ((delegate* unmanaged<CUcontext, CUResult>)SetCurrent.Address)(ctx);

        public static CUResult cuDevicePrimaryCtxRetain(ref CUcontext pctx, CUdevice dev)
        {
            fixed (CUcontext* c = &pctx) return ((delegate* unmanaged<CUcontext*, CUdevice, CUResult>)Retain.Address)(c, dev);
        }

        public static CUResult cuDevicePrimaryCtxRelease(CUdevice dev) => ((delegate* unmanaged<CUdevice, CUResult>)Release.Address)(dev);
    }
}
