using ManagedCuda.BasicTypes;

namespace ManagedCuda;

public static unsafe partial class DriverAPINativeMethods
{
    /// <summary>Names of statuses.</summary>
    public static class ErrorHandling
    {
        private static readonly NativeEntry GetErrorName = Entry("cuGetErrorName");
        private static readonly NativeEntry GetErrorString = Entry("cuGetErrorString");

        public static CUResult cuGetErrorName(CUResult error, ref IntPtr pStr)
        {
            fixed (IntPtr* s = &pStr) return ((delegate* unmanaged<CUResult, IntPtr*, CUResult>)GetErrorName.Address)(error, s);
        }

        public static CUResult cuGetErrorString(CUResult error, ref IntPtr pStr)
        {
            fixed (IntPtr* s = &pStr) return ((delegate* unmanaged<CUResult, IntPtr*, CUResult>)GetErrorString.Address)(error, s);
        }
    }
}
