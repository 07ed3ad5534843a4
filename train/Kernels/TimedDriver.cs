using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Train.Kernels;

/// <summary>A driver whose launches are timed; what each has to move and compute comes from the kernel's header. It does not dispose the driver it passes calls to.</summary>
internal sealed class TimedDriver(ICudaDriver driver, LaunchClock clock) : ICudaDriver
{
    private readonly Dictionary<nint, PtxSource> _sources = [];
    private readonly Dictionary<nint, Timed> _functions = [];

    /// <inheritdoc/>
    public string DeviceName => driver.DeviceName;

    /// <inheritdoc/>
    public (int Major, int Minor) ComputeCapability => driver.ComputeCapability;

    /// <inheritdoc/>
    public nint LoadModule(PtxSource source)
    {
        var module = driver.LoadModule(source);
        _sources[module] = source;
        return module;
    }

    /// <inheritdoc/>
    public nint GetFunction(nint module, string entry)
    {
        var function = driver.GetFunction(module, entry);
        _functions[function] = new Timed(KernelHeader.ReadAll(_sources[module])[entry], [.. Parser.Parse(_sources[module]).Functions[entry].Parameters.Select(p => (p.Name, p.Type))]);
        return function;
    }

    /// <inheritdoc/>
    public void Launch(nint function, in LaunchShape shape, ReadOnlySpan<KernelArg> arguments)
    {
        var timed = _functions[function];
        var (values, words) = (new Dictionary<string, double>(), new List<string>());
        for (var i = 0; i < arguments.Length; i++)
        {
            var (name, type) = timed.Parameters[i];
            values[name] = Value(type, arguments[i].Bits);
            if (arguments[i].Extent == 0 && type is not (PtxType.F32 or PtxType.F64)) words.Add($"{name} {values[name]:G9}");
        }

        var claims = timed.Header.Evaluate(values);
        clock.Begin();
        driver.Launch(function, shape, arguments);
        clock.End(timed.Header.Name, $"{shape}; {string.Join(", ", words)}", claims.ReadBytes + claims.WriteBytes, claims.Flops);
    }

    /// <inheritdoc/>
    public void SetDynamicShared(nint function, int bytes) => driver.SetDynamicShared(function, bytes);

    /// <inheritdoc/>
    public nint Allocate(nuint bytes) => driver.Allocate(bytes);

    /// <inheritdoc/>
    public void Free(nint address) => driver.Free(address);

    /// <inheritdoc/>
    public void Discard(nint address, nuint bytes) => driver.Discard(address, bytes);

    /// <inheritdoc/>
    public void CopyToDevice(ReadOnlySpan<byte> source, nint destination) => driver.CopyToDevice(source, destination);

    /// <inheritdoc/>
    public void CopyToHost(nint source, Span<byte> destination) => driver.CopyToHost(source, destination);

    /// <inheritdoc/>
    public void Copy(nint source, nint destination, nuint bytes)
    {
        clock.Begin();
        driver.Copy(source, destination, bytes);
        clock.End("copy", $"{bytes} bytes", 2.0 * bytes, 0);
    }

    /// <inheritdoc/>
    public void Fill(nint address, byte value, nuint bytes) => driver.Fill(address, value, bytes);

    /// <inheritdoc/>
    public void Synchronize() => driver.Synchronize();

    /// <inheritdoc/>
    public nint CreateEvent() => driver.CreateEvent();

    /// <inheritdoc/>
    public void RecordEvent(nint mark) => driver.RecordEvent(mark);

    /// <inheritdoc/>
    public double Elapsed(nint start, nint end) => driver.Elapsed(start, end);

    /// <inheritdoc/>
    public void DestroyEvent(nint mark) => driver.DestroyEvent(mark);

    /// <inheritdoc/>
    public void BeginCapture() => throw new NotSupportedException("launches are timed one by one");

    /// <inheritdoc/>
    public nint EndCapture() => throw new NotSupportedException("launches are timed one by one");

    /// <inheritdoc/>
    public void LaunchGraph(nint graph) => throw new NotSupportedException("launches are timed one by one");

    /// <inheritdoc/>
    public void DestroyGraph(nint graph)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static double Value(PtxType type, ulong bits) => type switch
    {
        PtxType.F32 => BitConverter.UInt32BitsToSingle((uint)bits),
        PtxType.F64 => BitConverter.UInt64BitsToDouble(bits),
        PtxType.S32 => (int)bits,
        PtxType.S64 => (long)bits,
        _ => bits,
    };

    private sealed record Timed(KernelHeader Header, (string Name, PtxType Type)[] Parameters);
}
