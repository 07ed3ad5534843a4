using ManagedCuda.BasicTypes;

namespace ManagedCuda;

public static unsafe partial class DriverAPINativeMethods
{
    /// <summary>Copies in the order of a stream.</summary>
    public static class AsynchronousMemcpy_v2
    {
        private static readonly NativeEntry HtoD = Entry("cuMemcpyHtoDAsync_v2");
        private static readonly NativeEntry DtoH = Entry("cuMemcpyDtoHAsync_v2");
        private static readonly NativeEntry DtoD = Entry("cuMemcpyDtoDAsync_v2");

        public static CUResult cuMemcpyHtoDAsync_v2(CUdeviceptr dstDevice, IntPtr srcHost, SizeT ByteCount, CUstream hStream) =>
            ((delegate* unmanaged<CUdeviceptr, IntPtr, SizeT, CUstream, CUResult>)HtoD.Address)(dstDevice, srcHost, ByteCount, hStream);

        public static CUResult cuMemcpyDtoHAsync_v2(IntPtr dstHost, CUdeviceptr srcDevice, SizeT ByteCount, CUstream hStream) =>
            ((delegate* unmanaged<IntPtr, CUdeviceptr, SizeT, CUstream, CUResult>)DtoH.Address)(dstHost, srcDevice, ByteCount, hStream);

        public static CUResult cuMemcpyDtoDAsync_v2(CUdeviceptr dstDevice, CUdeviceptr srcDevice, SizeT ByteCount, CUstream hStream) =>
            ((delegate* unmanaged<CUdeviceptr, CUdeviceptr, SizeT, CUstream, CUResult>)DtoD.Address)(dstDevice, srcDevice, ByteCount, hStream);
    }

    /// <summary>Fills in the order of a stream.</summary>
    public static class MemsetAsync
    {
        private static readonly NativeEntry D8 = Entry("cuMemsetD8Async");

        public static CUResult cuMemsetD8Async(CUdeviceptr dstDevice, byte uc, SizeT N, CUstream hStream) =>
            ((delegate* unmanaged<CUdeviceptr, byte, SizeT, CUstream, CUResult>)D8.Address)(dstDevice, uc, N, hStream);
    }
}
