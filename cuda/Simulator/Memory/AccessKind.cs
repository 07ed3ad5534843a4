namespace SiaEngine.Cuda.Simulator;

/// <summary>How an instruction touches memory.</summary>
internal enum AccessKind : byte
{
    /// <summary>Reads; every byte must have been written.</summary>
    Read,

    /// <summary>Writes.</summary>
    Write,

    /// <summary>Reads and writes at once; ordered with other atomics on the same bytes.</summary>
    Atomic,

    /// <summary>Source of an asynchronous copy.</summary>
    AsyncRead,

    /// <summary>Destination of an asynchronous copy, issued but not landed: nobody may touch the bytes until the issuing thread has waited.</summary>
    AsyncWrite,
}
