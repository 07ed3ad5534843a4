namespace SiaEngine.Cuda;

/// <summary>
/// The kernels of one file of <c>native/ptx</c>, loaded into a device on first use. Entries are named <c>op_direction_dtype</c>; one small module per op keeps loading fast.
/// </summary>
public sealed class CudaModule(CudaDevice device, string name)
{
    private readonly Dictionary<(string Direction, DType DType), CudaKernel> _kernels = [];
    private nint _module;

    /// <summary>Name of the file without its ending, as in <c>rms_norm</c>.</summary>
    public string Name { get; } = name;

    /// <summary>The kernel <c>name_direction_dtype</c>.</summary>
    /// <exception cref="DTypeException">The op has no kernel for the dtype.</exception>
    /// <exception cref="PtxException">The module does not load; the message has file and line.</exception>
    public CudaKernel this[DType dtype, string direction]
    {
        get
        {
            if (_kernels.TryGetValue((direction, dtype), out var kernel)) return kernel;
            if (_module == 0) _module = device.Driver.LoadModule(PtxLibrary.Load(Name));
            var entry = direction.Length == 0 ? $"{Name}_{dtype.Name}" : $"{Name}_{direction}_{dtype.Name}";
            kernel = new CudaKernel(device, entry, device.Driver.GetFunction(_module, entry));
            _kernels.Add((direction, dtype), kernel);
            return kernel;
        }
    }
}
