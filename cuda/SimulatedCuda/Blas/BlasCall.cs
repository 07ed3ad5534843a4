namespace SiaEngine.SimulatedCuda;

/// <summary>The boundary of cuBLAS calls.</summary>
internal static class BlasCall
{
    /// <summary>A call on a handle.</summary>
    public static BlasStatus Run(string name, nint handle, Func<BlasHandle, BlasStatus> body)
    {
        var status = BlasStatus.Success;
        var result = Call.InContext(name, context =>
        {
            var found = Handles.Find<BlasHandle>(handle, "cuBLAS handle");
            if (found.Context != context) throw new CuException(CuResult.InvalidContext, "the cuBLAS handle belongs to another context");
            status = body(found);
            return CuResult.Success;
        });
        return result == CuResult.Success ? status : Status(result);
    }

    /// <summary>Status of cuBLAS for one of the driver.</summary>
    public static BlasStatus Status(CuResult result) => result switch
    {
        CuResult.Success => BlasStatus.Success,
        CuResult.NotInitialized or CuResult.InvalidContext or CuResult.InvalidHandle => BlasStatus.NotInitialized,
        CuResult.OutOfMemory => BlasStatus.AllocFailed,
        CuResult.InvalidValue => BlasStatus.InvalidValue,
        CuResult.NotSupported => BlasStatus.NotSupported,
        _ => BlasStatus.ExecutionFailed,
    };
}
