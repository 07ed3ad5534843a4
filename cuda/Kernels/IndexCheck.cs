using System.Runtime.InteropServices;

namespace SiaEngine.Cuda;

/// <summary>Checks of index tensors in <c>native/ptx/index_check.ptx</c>, with a device word of its own for the first bad position.</summary>
internal sealed class IndexCheck(CudaDevice device)
{
    private const ulong NoneBad = ulong.MaxValue;
    private const long NoneIgnored = long.MaxValue;

    private readonly CudaModule _module = new(device, "index_check");
    private nint _first;

    /// <summary>Where checks go while work is recorded: they are made after a replay.</summary>
    public DeferredChecks? Deferred { get; set; }

    /// <summary>Waits for the device; throws for the first index outside [0, bound) that is not the ignored one.</summary>
    public void Run(string op, Func<int, string> rule, Tensor indices, int bound, int? ignored, string name)
    {
        if (indices.Count == 0) return;
        if (Deferred is { } deferred)
        {
            Launch(indices, bound, ignored, deferred.Add(op, rule(bound), indices, name));
            return;
        }

        if (_first == 0) _first = device.Driver.Allocate(sizeof(ulong));
        device.Driver.Fill(_first, 0xFF, sizeof(ulong));
        Launch(indices, bound, ignored, _first);
        ulong first = 0;
        device.CopyToHost(_first, MemoryMarshal.AsBytes(new Span<ulong>(ref first)));
        if (first == NoneBad) return;
        var value = 0;
        device.CopyToHost(indices.Address + (nint)first * sizeof(int), MemoryMarshal.AsBytes(new Span<int>(ref value)));
        Throw.Index(op, rule(bound), value, (long)first, indices, name);
    }

    private void Launch(Tensor indices, int bound, int? ignored, nint first) =>
        _module[DType.I32, ""].Launch(LaunchShape.Elements(indices.Count), indices, indices.Count, bound, ignored ?? NoneIgnored, KernelArg.Memory(first, sizeof(ulong)));

    /// <summary>Frees the word.</summary>
    public void Free()
    {
        if (_first != 0) device.Driver.Free(_first);
        _first = 0;
    }
}
