using System.Runtime.InteropServices;

namespace SiaEngine.Cuda;

/// <summary>Checks of indices inside recorded work: each has a device word for its first bad position, and all are read back at once after a replay.</summary>
internal sealed class DeferredChecks
{
    private const int Most = 64;
    private const ulong NoneBad = ulong.MaxValue;

    private readonly CudaDevice _device;
    private readonly List<Check> _checks = [];
    private readonly ulong[] _first = new ulong[Most];
    private nint _words;

    /// <summary>Takes the words; before the recording, which allocates nothing.</summary>
    public DeferredChecks(CudaDevice device)
    {
        _device = device;
        _words = device.Driver.Allocate(Most * sizeof(ulong));
        device.Driver.Fill(_words, 0xFF, Most * sizeof(ulong));
    }

    /// <summary>The word of the next check.</summary>
    /// <exception cref="InvalidOperationException">There are more checks than words.</exception>
    public nint Add(string op, string rule, Tensor indices, string name)
    {
        if (_checks.Count == Most) throw new InvalidOperationException($"captured work checks indices at most {Most} times");
        _checks.Add(new Check(op, rule, indices.Address, indices.Shape, $"{name} {indices}"));
        return _words + (_checks.Count - 1) * sizeof(ulong);
    }

    /// <summary>Waits for the device; throws for the first check that found something.</summary>
    public void Verify()
    {
        if (_checks.Count == 0) return;
        _device.CopyToHost(_words, MemoryMarshal.AsBytes(_first.AsSpan(0, _checks.Count)));
        for (var i = 0; i < _checks.Count; i++)
        {
            if (_first[i] == NoneBad) continue;
            var (check, value) = (_checks[i], 0);
            _device.Driver.Fill(_words, 0xFF, Most * sizeof(ulong));
            _device.CopyToHost(check.Address + (nint)_first[i] * sizeof(int), MemoryMarshal.AsBytes(new Span<int>(ref value)));
            Throw.Index(check.Op, check.Rule, value, (long)_first[i], check.Shape, check.Operand);
        }
    }

    /// <summary>Frees the words.</summary>
    public void Free()
    {
        if (_words != 0) _device.Driver.Free(_words);
        _words = 0;
    }

    private readonly record struct Check(string Op, string Rule, nint Address, Shape Shape, string Operand);
}
