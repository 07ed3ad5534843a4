namespace SiaEngine.SimulatedCuda;

/// <summary>The boundary to C: one call at a time, every failure becomes a status, nothing is thrown into the host program.</summary>
internal static class Call
{
    private static readonly Lock Gate = new();

    /// <summary>A call that is allowed before <c>cuInit</c>.</summary>
    public static CuResult Any(string name, Func<CuResult> body)
    {
        lock (Gate)
        {
            try
            {
                return body();
            }
            catch (Exception e)
            {
                return Status(name, e, null);
            }
        }
    }

    /// <summary>A call that needs <c>cuInit</c>.</summary>
    public static CuResult Initialised(string name, Func<CuResult> body) => Gpu.IsInitialised ? Any(name, body) : CuResult.NotInitialized;

    /// <summary>A call that needs a current context which has not failed.</summary>
    public static CuResult InContext(string name, Func<Context, CuResult> body)
    {
        if (!Gpu.IsInitialised) return CuResult.NotInitialized;
        lock (Gate)
        {
            var context = ContextStack.Current;
            if (context is null) return CuResult.InvalidContext;
            if (context.IsDestroyed) return CuResult.ContextIsDestroyed;
            if (context.Failure != CuResult.Success) return context.Failure;
            try
            {
                InjectedFailures.Count(name, context);
                return body(context);
            }
            catch (Exception e)
            {
                return Status(name, e, context);
            }
        }
    }

    /// <summary>The status of a failure, after reporting it.</summary>
    public static CuResult Status(string name, Exception failure, Context? context)
    {
        switch (failure)
        {
            case CuException { Message.Length: 0 } e:
                return e.Status;
            case CuException e:
                Report.Line($"{name}: {StatusNames.Of(e.Status)}: {e.Message}");
                return e.Status;
            case CudaException { InnerException: KernelFaultException fault }:
                return Fail(name, context, fault.Fault, fault.Message);
            case KernelFaultException fault:
                return Fail(name, context, fault.Fault, fault.Message);
            case CudaException:
                return Reported(name, CuResult.InvalidValue, failure.Message);
            case PtxException:
                return Reported(name, CuResult.InvalidPtx, failure.Message);
            case OutOfMemoryException or DeviceException:
                return Reported(name, CuResult.OutOfMemory, failure.Message);
            case NullReferenceException:
                return Reported(name, CuResult.InvalidValue, "a pointer argument is null");
            default:
                return Reported(name, CuResult.Unknown, $"{failure.GetType().Name}: {failure.Message} {failure.StackTrace}");
        }
    }

    /// <summary>Status of what the checks of the simulator found; it stays with the context, as on hardware.</summary>
    private static CuResult Fail(string name, Context? context, KernelFault fault, string message)
    {
        var status = fault switch
        {
            KernelFault.OutOfBounds => CuResult.IllegalAddress,
            KernelFault.Misaligned => CuResult.MisalignedAddress,
            KernelFault.InstructionLimit => CuResult.LaunchTimeout,
            _ => CuResult.LaunchFailed,
        };
        if (context is not null) context.Failure = status;
        return Reported(name, status, message);
    }

    private static CuResult Reported(string name, CuResult status, string message)
    {
        Report.Line($"{name}: {StatusNames.Of(status)}: {message}");
        return status;
    }
}
