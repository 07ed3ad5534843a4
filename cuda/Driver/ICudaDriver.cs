namespace SiaEngine.Cuda;

/// <summary>
/// What the CUDA backend needs from a driver: the NVIDIA driver behind ManagedCuda, or the PTX simulator. One context, one stream; calls are issued in
/// order by one thread. Addresses are device addresses, never host pointers.
/// </summary>
public interface ICudaDriver : IDisposable
{
    /// <summary>Device name, as in <c>NVIDIA H200</c> or <c>simulated sm_90</c>.</summary>
    string DeviceName { get; }

    /// <summary>Compute capability, as (9, 0).</summary>
    (int Major, int Minor) ComputeCapability { get; }

    /// <summary>Loads PTX.</summary>
    /// <exception cref="PtxException">It does not assemble; the message has file, line and the assembler's words.</exception>
    nint LoadModule(PtxSource source);

    /// <summary>A kernel of a loaded module.</summary>
    /// <exception cref="PtxException">There is no such entry.</exception>
    nint GetFunction(nint module, string entry);

    /// <summary>Allows a kernel this much dynamic shared memory; needed above 48 KiB.</summary>
    void SetDynamicShared(nint function, int bytes);

    /// <summary>Device memory, aligned to 256 bytes.</summary>
    /// <exception cref="DeviceException">There is too little.</exception>
    nint Allocate(nuint bytes);

    /// <summary>Frees memory.</summary>
    void Free(nint address);

    /// <summary>Says that the contents of a block are undefined from here on, as when a pool hands it out again. Only checking drivers care.</summary>
    void Discard(nint address, nuint bytes);

    /// <summary>Copies host bytes to the device; when it returns the source may change.</summary>
    void CopyToDevice(ReadOnlySpan<byte> source, nint destination);

    /// <summary>Waits for issued work, then copies device memory to the host.</summary>
    void CopyToHost(nint source, Span<byte> destination);

    /// <summary>Copies within the device.</summary>
    void Copy(nint source, nint destination, nuint bytes);

    /// <summary>Sets bytes.</summary>
    void Fill(nint address, byte value, nuint bytes);

    /// <summary>Launches a kernel.</summary>
    /// <exception cref="CudaException">The driver refused it, or the simulator's checks stopped it.</exception>
    void Launch(nint function, in LaunchShape shape, ReadOnlySpan<KernelArg> arguments);

    /// <summary>Waits for issued work.</summary>
    /// <exception cref="CudaException">Some of it failed.</exception>
    void Synchronize();

    /// <summary>A mark to put between issued work, for timing.</summary>
    nint CreateEvent();

    /// <summary>Puts the mark behind everything issued so far.</summary>
    void RecordEvent(nint mark);

    /// <summary>Waits for the later of two marks; the time between them in milliseconds.</summary>
    double Elapsed(nint start, nint end);

    /// <summary>Gives a mark back.</summary>
    void DestroyEvent(nint mark);

    /// <summary>
    /// From here on launches, copies within the device and fills are recorded instead of run, until <see cref="EndCapture"/>. Copies from or to the host,
    /// allocation and waiting are refused meanwhile.
    /// </summary>
    void BeginCapture();

    /// <summary>Ends the recording; what was recorded, as a graph.</summary>
    nint EndCapture();

    /// <summary>Issues everything a graph recorded, in its order, with the same addresses and numbers.</summary>
    void LaunchGraph(nint graph);

    /// <summary>Gives a graph back.</summary>
    void DestroyGraph(nint graph);
}
