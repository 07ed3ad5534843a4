namespace SiaEngine.Cuda;

/// <summary>
/// The kernels of one file of <c>native/ptx</c>, loaded into a device on first use. Entries are named <c>op_direction_dtype</c>; one small module per op keeps loading fast.
/// </summary>
public sealed class CudaModule(CudaDevice device, string name)
{
    private readonly Dictionary<(string Direction, DType DType, DType Result), CudaKernel> _kernels = [];
    private nint _module;

    /// <summary>Name of the file without its ending, as in <c>rms_norm</c>.</summary>
    public string Name { get; } = name;

    /// <summary>The kernel <c>name_direction_dtype</c>; without a direction <c>name_dtype</c>.</summary>
    /// <exception cref="PtxException">The module does not load, or has no such kernel; the message has file and line, or lists the kernels.</exception>
    public CudaKernel this[DType dtype, string direction] => this[dtype, dtype, direction];

    /// <summary>
    /// The kernel that reads one dtype and writes another: <c>name_direction_dtype</c> if they are the same, else <c>name_direction_dtype_result</c>, as
    /// bf16_f32 for the gradient of an f32 master in a bf16 graph.
    /// </summary>
    /// <exception cref="PtxException">The module does not load, or has no such kernel; the message has file and line, or lists the kernels.</exception>
    public CudaKernel this[DType dtype, DType result, string direction]
    {
        get
        {
            if (_kernels.TryGetValue((direction, dtype, result), out var kernel)) return kernel;
            if (_module == 0) _module = device.Driver.LoadModule(PtxLibrary.Load(Name));
            var entry = direction.Length == 0 ? $"{Name}_{dtype.Name}" : $"{Name}_{direction}_{dtype.Name}";
            if (result != dtype) entry = $"{entry}_{result.Name}";
            kernel = new CudaKernel(device, entry, device.Driver.GetFunction(_module, entry));
            _kernels.Add((direction, dtype, result), kernel);
            return kernel;
        }
    }
}
