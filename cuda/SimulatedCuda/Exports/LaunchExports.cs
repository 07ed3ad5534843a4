namespace SiaEngine.SimulatedCuda.Exports;

/// <summary>Launches. A kernel runs when it is launched; what its checks find is the status of the launch.</summary>
internal static unsafe class LaunchExports
{
    [UnmanagedCallersOnly(EntryPoint = "cuLaunchKernel")]
    internal static CuResult LaunchKernel(nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint shared, nint stream, void** parameters, void** extra) =>
        Launch("cuLaunchKernel", function, gridX, gridY, gridZ, blockX, blockY, blockZ, shared, stream, parameters, extra);

    [UnmanagedCallersOnly(EntryPoint = "cuLaunchKernel_ptsz")]
    internal static CuResult LaunchKernelPerThread(nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint shared, nint stream, void** parameters, void** extra) =>
        Launch("cuLaunchKernel", function, gridX, gridY, gridZ, blockX, blockY, blockZ, shared, stream, parameters, extra);

    [UnmanagedCallersOnly(EntryPoint = "cuLaunchKernelEx")]
    internal static CuResult LaunchKernelEx(LaunchConfig* config, nint function, void** parameters, void** extra) => Launch(config, function, parameters, extra);

    [UnmanagedCallersOnly(EntryPoint = "cuLaunchKernelEx_ptsz")]
    internal static CuResult LaunchKernelExPerThread(LaunchConfig* config, nint function, void** parameters, void** extra) => Launch(config, function, parameters, extra);

    [UnmanagedCallersOnly(EntryPoint = "cuLaunchHostFunc")]
    internal static CuResult LaunchHostFunc(nint stream, delegate* unmanaged<void*, void> function, void* data) => Call.InContext("cuLaunchHostFunc", context =>
        function is null ? CuResult.InvalidValue : context.Stream(stream).Submit("cuLaunchHostFunc", () => function(data)));

    private static CuResult Launch(LaunchConfig* config, nint function, void** parameters, void** extra)
    {
        if (config is null || (config->Attributes is null && config->Count > 0)) return CuResult.InvalidValue;
        for (var i = 0; i < config->Count; i++)
        {
            ref var attribute = ref config->Attributes[i];
            var refused = attribute.Id switch
            {
                LaunchAttribute.ClusterDimension when (ulong)attribute.X * attribute.Y * attribute.Z > 1 => "the simulator has no clusters",
                LaunchAttribute.Cooperative when attribute.X != 0 => "the simulator has no cooperative launches",
                _ => null,
            };
            if (refused is not null) return Call.InContext("cuLaunchKernelEx", _ => throw new CuException(CuResult.NotSupported, refused));
        }

        return Launch("cuLaunchKernelEx", function, config->GridX, config->GridY, config->GridZ, config->BlockX, config->BlockY, config->BlockZ, config->SharedBytes, config->Stream, parameters, extra);
    }

    private static CuResult Launch(string call, nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint shared, nint stream, void** parameters, void** extra) =>
        Call.InContext(call, context =>
        {
            var found = Handles.Find<LoadedFunction>(function, "function");
            if (found.Module.Context != context) throw new CuException(CuResult.InvalidHandle, $"{found.Target.Kernel.Name} belongs to another context");
            if (Math.Max(Math.Max(gridX, gridY), Math.Max(gridZ, blockX)) > int.MaxValue || Math.Max(blockY, Math.Max(blockZ, shared)) > int.MaxValue) return CuResult.InvalidValue;
            var shape = new LaunchShape((int)gridX, (int)gridY, (int)gridZ, (int)blockX, (int)blockY, (int)blockZ, (int)shared);
            found.Target.Check(shape);
            var bytes = found.Pack(parameters, extra);
            return context.Stream(stream).Submit(call, () =>
            {
                if (found.Module.IsUnloaded) throw new CuException(CuResult.InvalidHandle, $"the module of {found.Target.Kernel.Name} was unloaded");
                context.Driver.Launch(found.Target, shape, bytes);
            });
        });
}
