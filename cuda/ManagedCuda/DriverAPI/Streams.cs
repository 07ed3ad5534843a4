using ManagedCuda.BasicTypes;

namespace ManagedCuda;

public static unsafe partial class DriverAPINativeMethods
{
    /// <summary>Streams.</summary>
    public static class Streams
    {
        private static readonly NativeEntry Create = Entry("cuStreamCreate");
        private static readonly NativeEntry Destroy = Entry("cuStreamDestroy_v2");
        private static readonly NativeEntry Synchronize = Entry("cuStreamSynchronize");
        private static readonly NativeEntry BeginCapture = Entry("cuStreamBeginCapture_v2");
        private static readonly NativeEntry EndCapture = Entry("cuStreamEndCapture");

        public static CUResult cuStreamCreate(ref CUstream phStream, CUStreamFlags Flags)
        {
            fixed (CUstream* s = &phStream) return ((delegate* unmanaged<CUstream*, uint, CUResult>)Create.Address)(s, (uint)Flags);
        }

        public static CUResult cuStreamDestroy_v2(CUstream hStream) => ((delegate* unmanaged<CUstream, CUResult>)Destroy.Address)(hStream);

        public static CUResult cuStreamSynchronize(CUstream hStream) => ((delegate* unmanaged<CUstream, CUResult>)Synchronize.Address)(hStream);

        public static CUResult cuStreamBeginCapture(CUstream hStream, CUstreamCaptureMode mode) =>
            ((delegate* unmanaged<CUstream, int, CUResult>)BeginCapture.Address)(hStream, (int)mode);

        public static CUResult cuStreamEndCapture(CUstream hStream, ref CUgraph phGraph)
        {
            fixed (CUgraph* g = &phGraph) return ((delegate* unmanaged<CUstream, CUgraph*, CUResult>)EndCapture.Address)(hStream, g);
        }
    }

    /// <summary>Events.</summary>
    public static class Events
    {
        private static readonly NativeEntry Create = Entry("cuEventCreate");
        private static readonly NativeEntry Record = Entry("cuEventRecord");
        private static readonly NativeEntry Synchronize = Entry("cuEventSynchronize");
        private static readonly NativeEntry ElapsedTime = Entry("cuEventElapsedTime");
        private static readonly NativeEntry Destroy = Entry("cuEventDestroy_v2");

        public static CUResult cuEventCreate(ref CUevent phEvent, CUEventFlags Flags)
        {
            fixed (CUevent* e = &phEvent) return ((delegate* unmanaged<CUevent*, uint, CUResult>)Create.Address)(e, (uint)Flags);
        }

        public static CUResult cuEventRecord(CUevent hEvent, CUstream hStream) => ((delegate* unmanaged<CUevent, CUstream, CUResult>)Record.Address)(hEvent, hStream);

        public static CUResult cuEventSynchronize(CUevent hEvent) => ((delegate* unmanaged<CUevent, CUResult>)Synchronize.Address)(hEvent);

        public static CUResult cuEventElapsedTime(ref float pMilliseconds, CUevent hStart, CUevent hEnd)
        {
            fixed (float* m = &pMilliseconds) return ((delegate* unmanaged<float*, CUevent, CUevent, CUResult>)ElapsedTime.Address)(m, hStart, hEnd);
        }

        public static CUResult cuEventDestroy_v2(CUevent hEvent) => ((delegate* unmanaged<CUevent, CUResult>)Destroy.Address)(hEvent);
    }
}
