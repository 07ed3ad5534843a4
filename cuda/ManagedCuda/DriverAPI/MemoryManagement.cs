using ManagedCuda.BasicTypes;

namespace ManagedCuda;

public static unsafe partial class DriverAPINativeMethods
{
    /// <summary>Memory.</summary>
    public static class MemoryManagement
    {
        private static readonly NativeEntry GetInfo = Entry("cuMemGetInfo_v2");
        private static readonly NativeEntry Alloc = Entry("cuMemAlloc_v2");
        private static readonly NativeEntry Free = Entry("cuMemFree_v2");
        private static readonly NativeEntry AllocAsync = Entry("cuMemAllocAsync");
        private static readonly NativeEntry FreeAsync = Entry("cuMemFreeAsync");
        private static readonly NativeEntry HostAlloc = Entry("cuMemHostAlloc");
        private static readonly NativeEntry FreeHost = Entry("cuMemFreeHost");
        private static readonly NativeEntry PoolSetAttribute = Entry("cuMemPoolSetAttribute");

        public static CUResult cuMemGetInfo_v2(ref SizeT free, ref SizeT total)
        {
            fixed (SizeT* f = &free, t = &total) return ((delegate* unmanaged<SizeT*, SizeT*, CUResult>)GetInfo.Address)(f, t);
        }

        public static CUResult cuMemAlloc_v2(ref CUdeviceptr dptr, SizeT bytesize)
        {
            fixed (CUdeviceptr* p = &dptr) return ((delegate* unmanaged<CUdeviceptr*, SizeT, CUResult>)Alloc.Address)(p, bytesize);
        }

        public static CUResult cuMemFree_v2(CUdeviceptr dptr) => ((delegate* unmanaged<CUdeviceptr, CUResult>)Free.Address)(dptr);

        public static CUResult cuMemAllocAsync(ref CUdeviceptr dptr, SizeT bytesize, CUstream hStream)
        {
            fixed (CUdeviceptr* p = &dptr) return ((delegate* unmanaged<CUdeviceptr*, SizeT, CUstream, CUResult>)AllocAsync.Address)(p, bytesize, hStream);
        }

        public static CUResult cuMemFreeAsync(CUdeviceptr dptr, CUstream hStream) => ((delegate* unmanaged<CUdeviceptr, CUstream, CUResult>)FreeAsync.Address)(dptr, hStream);

        public static CUResult cuMemHostAlloc(ref IntPtr pp, SizeT bytesize, CUMemHostAllocFlags Flags)
        {
            fixed (IntPtr* p = &pp) return ((delegate* unmanaged<IntPtr*, SizeT, uint, CUResult>)HostAlloc.Address)(p, bytesize, (uint)Flags);
        }

        public static CUResult cuMemFreeHost(IntPtr p) => ((delegate* unmanaged<IntPtr, CUResult>)FreeHost.Address)(p);

        public static CUResult cuMemPoolSetAttribute(CUmemoryPool pool, CUmemPool_attribute attr, ref ulong value)
        {
            fixed (ulong* v = &value) return ((delegate* unmanaged<CUmemoryPool, int, ulong*, CUResult>)PoolSetAttribute.Address)(pool, (int)attr, v);
        }
    }
}
