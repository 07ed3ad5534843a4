using ManagedCuda.BasicTypes;

namespace ManagedCuda;

public static unsafe partial class DriverAPINativeMethods
{
    /// <summary>Devices.</summary>
    public static class DeviceManagement
    {
        private static readonly NativeEntry Get = Entry("cuDeviceGet");
        private static readonly NativeEntry GetCount = Entry("cuDeviceGetCount");
        private static readonly NativeEntry GetName = Entry("cuDeviceGetName");
        private static readonly NativeEntry TotalMem = Entry("cuDeviceTotalMem_v2");
        private static readonly NativeEntry GetAttribute = Entry("cuDeviceGetAttribute");
        private static readonly NativeEntry GetDefaultMemPool = Entry("cuDeviceGetDefaultMemPool");

        public static CUResult cuDeviceGet(ref CUdevice device, int ordinal)
        {
            fixed (CUdevice* d = &device) return ((delegate* unmanaged<CUdevice*, int, CUResult>)Get.Address)(d, ordinal);
        }

        public static CUResult cuDeviceGetCount(ref int count)
        {
            fixed (int* c = &count) return ((delegate* unmanaged<int*, CUResult>)GetCount.Address)(c);
        }

        public static CUResult cuDeviceGetName(byte[] name, int len, CUdevice dev)
        {
            fixed (byte* n = name) return ((delegate* unmanaged<byte*, int, CUdevice, CUResult>)GetName.Address)(n, len, dev);
        }

        public static CUResult cuDeviceTotalMem_v2(ref SizeT bytes, CUdevice dev)
        {
            fixed (SizeT* b = &bytes) return ((delegate* unmanaged<SizeT*, CUdevice, CUResult>)TotalMem.Address)(b, dev);
        }

        public static CUResult cuDeviceGetAttribute(ref int pi, CUDeviceAttribute attrib, CUdevice dev)
        {
            fixed (int* p = &pi) return ((delegate* unmanaged<int*, int, CUdevice, CUResult>)GetAttribute.Address)(p, (int)attrib, dev);
        }

        public static CUResult cuDeviceGetDefaultMemPool(ref CUmemoryPool pool_out, CUdevice dev)
        {
            fixed (CUmemoryPool* p = &pool_out) return ((delegate* unmanaged<CUmemoryPool*, CUdevice, CUResult>)GetDefaultMemPool.Address)(p, dev);
        }
    }
}
