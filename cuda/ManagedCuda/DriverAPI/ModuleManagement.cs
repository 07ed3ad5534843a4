using System.Runtime.InteropServices;
using ManagedCuda.BasicTypes;

namespace ManagedCuda;

public static unsafe partial class DriverAPINativeMethods
{
    /// <summary>Modules.</summary>
    public static class ModuleManagement
    {
        private static readonly NativeEntry LoadDataEx = Entry("cuModuleLoadDataEx");
        private static readonly NativeEntry Unload = Entry("cuModuleUnload");
        private static readonly NativeEntry GetFunction = Entry("cuModuleGetFunction");

        public static CUResult cuModuleLoadDataEx(ref CUmodule module, byte[] image, uint numOptions, CUJITOption[]? options, IntPtr[]? optionValues)
        {
            fixed (CUmodule* m = &module)
            fixed (byte* i = image)
            fixed (CUJITOption* o = options)
            fixed (IntPtr* v = optionValues)
                return ((delegate* unmanaged<CUmodule*, byte*, uint, CUJITOption*, IntPtr*, CUResult>)LoadDataEx.Address)(m, i, numOptions, o, v);
        }

        public static CUResult cuModuleUnload(CUmodule hmod) => ((delegate* unmanaged<CUmodule, CUResult>)Unload.Address)(hmod);

        public static CUResult cuModuleGetFunction(ref CUfunction hfunc, CUmodule hmod, string name)
        {
            var text = Marshal.StringToCoTaskMemUTF8(name);
            try
            {
                fixed (CUfunction* f = &hfunc) return ((delegate* unmanaged<CUfunction*, CUmodule, nint, CUResult>)GetFunction.Address)(f, hmod, text);
            }
            finally
            {
                Marshal.FreeCoTaskMem(text);
            }
        }
    }
}
