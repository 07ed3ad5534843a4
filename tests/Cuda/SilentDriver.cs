using SiaEngine.Cuda;

namespace SiaEngine.Tests.Cuda;

/// <summary>A driver and BLAS that do nothing, to see what the launch path itself costs. What is copied back is all ones: no bad index was found.</summary>
internal sealed class SilentDriver : ICudaDriver, IBlas
{
    private nint _next = 256, _handles;

    public long Launches { get; private set; }

    public string DeviceName => "silent";

    public (int Major, int Minor) ComputeCapability => (9, 0);

    public nint LoadModule(PtxSource source) => ++_handles;

    public nint GetFunction(nint module, string entry) => ++_handles;

    public void SetDynamicShared(nint function, int bytes)
    {
    }

    public nint Allocate(nuint bytes)
    {
        var address = _next;
        _next += (nint)((bytes + 255) & ~(nuint)255);
        return address;
    }

    public void Free(nint address)
    {
    }

    public void Discard(nint address, nuint bytes)
    {
    }

    public void CopyToDevice(ReadOnlySpan<byte> source, nint destination)
    {
    }

    public void CopyToHost(nint source, Span<byte> destination) => destination.Fill(0xFF);

    public void Copy(nint source, nint destination, nuint bytes)
    {
    }

    public void Fill(nint address, byte value, nuint bytes)
    {
    }

    public void Launch(nint function, in LaunchShape shape, ReadOnlySpan<KernelArg> arguments) => Launches++;

    public void Gemm(bool transposeA, bool transposeB, int m, int n, int k, float alpha, in BlasMatrix a, in BlasMatrix b, float beta, in BlasMatrix c, int batch) => Launches++;

    public void Synchronize()
    {
    }

    public nint CreateEvent() => ++_handles;

    public void RecordEvent(nint mark)
    {
    }

    public double Elapsed(nint start, nint end) => 0;

    public void DestroyEvent(nint mark)
    {
    }

    public void BeginCapture()
    {
    }

    public nint EndCapture() => ++_handles;

    public void LaunchGraph(nint graph) => Launches++;

    public void DestroyGraph(nint graph)
    {
    }

    public void Dispose()
    {
    }
}
