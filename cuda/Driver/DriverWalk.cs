using System.Diagnostics;
using ManagedCuda;
using ManagedCuda.BasicTypes;

namespace SiaEngine.Cuda;

/// <summary>Walks every step from finding a driver to a product with the right numbers, and says at each what was tried. It ends with the first step that fails.</summary>
public static class DriverWalk
{
    private const int Count = 1000;

    /// <summary>All steps of <c>--device cuda</c>.</summary>
    /// <returns>Whether all hold.</returns>
    public static bool Run(Action<DriverFinding> report)
    {
        ManagedCudaDriver? driver = null;
        CuBlas? blas = null;
        CudaDevice? device = null;
        try
        {
            return Step(report, "CUDA driver", Driver)
                && Step(report, "GPUs", Devices)
                && Step(report, "context", () => Context(driver = new ManagedCudaDriver()))
                && Step(report, "cuBLAS", () => $"{(blas = new CuBlas(driver!)).Arithmetic}{PathOf("cublas", "SIA_LIBCUBLAS")}")
                && Check(device = new CudaDevice("cuda", driver!, blas!), report);
        }
        finally
        {
            if (device is not null) device.Dispose();
            else
            {
                blas?.Dispose();
                driver?.Dispose();
            }
        }
    }

    /// <summary>The last steps, on a device that is open: a module, a launch, a product.</summary>
    /// <returns>Whether all hold.</returns>
    public static bool Check(CudaDevice device, Action<DriverFinding> report) =>
        Step(report, "PTX", () => Load(device)) && Step(report, "launch", () => Launch(device)) && Step(report, "product", () => Product(device));

    private static bool Step(Action<DriverFinding> report, string what, Func<string> step)
    {
        try
        {
            report(new DriverFinding(what, step(), true));
            return true;
        }
        catch (Exception e) when (e is DeviceException or CudaException or PtxException or DllNotFoundException or EntryPointNotFoundException)
        {
            report(new DriverFinding(what, e.Message, false));
            return false;
        }
    }

    private static string Driver()
    {
        var (major, minor) = DriverFacts.Version();
        return $"supports CUDA {major}.{minor}{PathOf("cuda", "SIA_LIBCUDA")}";
    }

    private static string Devices()
    {
        var count = DriverFacts.Count();
        if (count == 0) throw new DeviceException("the driver shows no device (cuDeviceGetCount)");
        var names = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var device = new CUdevice();
            if (DriverAPINativeMethods.DeviceManagement.cuDeviceGet(ref device, i) is not CUResult.Success and var status) throw new DeviceException($"cuDeviceGet: {DriverFacts.Describe(status)}");
            names.Add($"{DriverFacts.Name(device)}, {DriverFacts.Memory(device) >> 20} MiB, {DriverFacts.Attribute(device, CUDeviceAttribute.MultiProcessorCount)} multiprocessors");
        }

        return string.Join("; ", names);
    }

    private static string Context(ManagedCudaDriver driver)
    {
        var (major, minor) = driver.ComputeCapability;
        if (major < ManagedCudaDevice.OldestMajor) throw new DeviceException($"{driver.DeviceName} has compute capability {major}.{minor}; the kernels need {ManagedCudaDevice.OldestMajor}.0");
        return $"primary context and stream of device 0, compute capability {major}.{minor}, {DriverFacts.FreeMemory()}";
    }

    private static string Load(CudaDevice device)
    {
        var clock = Stopwatch.GetTimestamp();
        device.Driver.GetFunction(device.Driver.LoadModule(PtxLibrary.Load("add")), "add_forward_f32");
        return $"add.ptx compiled for {device.Driver.DeviceName} in {Stopwatch.GetElapsedTime(clock).TotalMilliseconds:F0} ms";
    }

    private static string Launch(CudaDevice device)
    {
        var (a, b) = (new float[Count], new float[Count]);
        for (var i = 0; i < Count; i++) (a[i], b[i]) = (i, 0.5f * i + 1);
        using var scope = Scope.Enter();
        var sum = Ops.Add.Apply(Tensor.From<float>(a, [Count], device), Tensor.From<float>(b, [Count], device)).ToArray<float>();
        for (var i = 0; i < Count; i++)
            if (sum[i] != a[i] + b[i]) throw new DeviceException($"add_forward_f32 of {Count} elements: element {i} is {sum[i]}, it should be {a[i] + b[i]}");
        return $"add_forward_f32 of {Count} elements is right";
    }

    /// <summary>Small whole numbers, whose products and sums are exact in every arithmetic.</summary>
    private static string Product(CudaDevice device)
    {
        const int m = 17, n = 33, k = 9;
        var (a, b) = (new float[m * k], new float[k * n]);
        for (var i = 0; i < a.Length; i++) a[i] = i % 7 - 3;
        for (var i = 0; i < b.Length; i++) b[i] = i % 5 - 2;
        using var scope = Scope.Enter();
        var c = Tensor.Empty([m, n], DType.F32, device);
        device.Kernels<Ops.MatMul.IKernels>().Run(Tensor.From<float>(a, [m, k], device), Tensor.From<float>(b, [k, n], device), c, false, false, 1, 0);
        var actual = c.ToArray<float>();
        for (var i = 0; i < actual.Length; i++)
        {
            var exact = 0f;
            for (var j = 0; j < k; j++) exact += a[i / n * k + j] * b[j * n + i % n];
            if (actual[i] != exact) throw new DeviceException($"product of [{m}, {k}] and [{k}, {n}]: element {i} is {actual[i]}, it should be {exact}");
        }

        return $"product of [{m}, {k}] and [{k}, {n}] is right";
    }

    /// <summary>File a library was loaded from, where the process says so.</summary>
    private static string PathOf(string library, string variable)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } named) return $", {variable} names {named}";
        using var process = Process.GetCurrentProcess();
        foreach (ProcessModule module in process.Modules)
        {
            if (module.ModuleName.StartsWith($"lib{library}.", StringComparison.Ordinal) || module.ModuleName.StartsWith(library == "cuda" ? "nvcuda" : $"{library}64", StringComparison.OrdinalIgnoreCase))
                return $", {module.FileName}";
        }

        return "";
    }
}
