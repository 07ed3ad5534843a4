namespace SiaEngine.Cuda;

/// <summary>A loaded kernel.</summary>
public sealed class CudaKernel
{
    private readonly CudaDevice _device;
    private readonly nint _function;
    private int _dynamicShared = 48 << 10;

    internal CudaKernel(CudaDevice device, string name, nint function) => (_device, Name, _function) = (device, name, function);

    /// <summary>Name of the entry.</summary>
    public string Name { get; }

    /// <summary>Queues a launch behind everything issued so far. Arguments in the order of the kernel's parameters.</summary>
    public void Launch(in LaunchShape shape, params ReadOnlySpan<KernelArg> arguments)
    {
        if (shape.SharedBytes > _dynamicShared)
        {
            _device.Driver.SetDynamicShared(_function, shape.SharedBytes);
            _dynamicShared = shape.SharedBytes;
        }

        _device.Driver.Launch(_function, shape, arguments);
    }
}
