using SiaEngine.Cuda;
using SiaEngine.Ops;
using SiaEngine.Tests.Train;
using SiaEngine.Train;

namespace SiaEngine.Tests.Cuda.ManagedCuda;

/// <summary>Failures of the driver, each played by a library that answers with the status: a typed exception names call, status and kernel, and the pool loses nothing.</summary>
[Collection(OneDriver.Name)]
public class DriverFaultTests
{
    [Fact]
    public void Too_little_memory()
    {
        using var driver = new RecordingDriver();
        using var device = ManagedCudaDevice.Open();
        driver.Fail("cuMemAllocAsync", 2);
        var e = Assert.Throws<DeviceException>(() => Tensor.Persistent([1000], DType.F32, device));
        Assert.Equal("recording device: no memory for 4096 bytes; 1024 of 81920 MiB are free (cuMemAllocAsync: CUDA_ERROR_OUT_OF_MEMORY (2), words of the driver)", e.Message);
        Assert.Equal((0, 0), (device.Pool.LiveBytes, device.Pool.ReservedBytes));
        Tensor.Persistent([1000], DType.F32, device).Release();
        Assert.Equal(0, device.Pool.LiveBytes);
    }

    [Fact]
    public void A_module_that_does_not_compile()
    {
        using var driver = new RecordingDriver();
        using var device = ManagedCudaDevice.Open();
        driver.Fail("cuModuleLoadDataEx", 218);
        var e = Assert.Throws<PtxException>(() => AddOnce(device));
        var place = PtxLibrary.Load("add").Place(30);
        Assert.StartsWith("add.ptx:", place, StringComparison.Ordinal);
        Assert.Equal($"{place}: the driver's compiler for recording device: Unknown symbol 'nowhere' (cuModuleLoadDataEx: CUDA_ERROR_INVALID_PTX (218), words of the driver)", e.Message);
        Assert.Equal(0, device.Pool.LiveBytes);
        AddOnce(device);
    }

    [Fact]
    public void A_kernel_that_is_not_in_the_module()
    {
        using var driver = new RecordingDriver();
        using var device = ManagedCudaDevice.Open();
        driver.Fail("cuModuleGetFunction", 500);
        Assert.Equal("no kernel 'add_forward_f32' in the module (cuModuleGetFunction: CUDA_ERROR_NOT_FOUND (500), words of the driver)", Assert.Throws<PtxException>(() => AddOnce(device)).Message);
    }

    [Fact]
    public void A_launch_that_is_refused()
    {
        using var driver = new RecordingDriver();
        using var device = ManagedCudaDevice.Open();
        driver.Fail("cuLaunchKernel", 701);
        var e = Assert.Throws<CudaException>(() => AddOnce(device));
        Assert.Equal(("cuLaunchKernel", "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES", "add_forward_f32", false), (e.Call, e.Status, e.Kernel, e.DeviceLost));
        Assert.StartsWith("cuLaunchKernel: CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES (701), words of the driver; kernel add_forward_f32, grid (", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, device.Pool.LiveBytes);
        AddOnce(device);
    }

    /// <summary>A kernel that dies is reported by a later call, and by every call after that.</summary>
    [Theory, InlineData(700, "CUDA_ERROR_ILLEGAL_ADDRESS"), InlineData(719, "CUDA_ERROR_LAUNCH_FAILED"), InlineData(46, "CUDA_ERROR_DEVICE_UNAVAILABLE"), InlineData(999, "CUDA_ERROR_UNKNOWN")]
    public void A_device_that_is_lost(int status, string name)
    {
        using var driver = new RecordingDriver();
        using var device = ManagedCudaDevice.Open();
        driver.Fail("cuStreamSynchronize", status, sticky: true);
        var e = Assert.Throws<CudaException>(() => AddOnce(device));
        Assert.Equal(("cuStreamSynchronize", name, "add_forward_f32", true), (e.Call, e.Status, e.Kernel, e.DeviceLost));
        Assert.EndsWith("an error of earlier work, the last kernel launched was add_forward_f32; this process cannot use the device any more", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, device.Pool.LiveBytes);
        Assert.Equal(name, Assert.Throws<CudaException>(() => AddOnce(device)).Status);
        Assert.Equal(0, device.Pool.LiveBytes);
        device.Pool.Trim();
        Assert.Equal(0, device.Pool.ReservedBytes);
    }

    [Fact]
    public void A_cluster_travels_as_an_attribute_and_its_refusal_names_it()
    {
        using var driver = new RecordingDriver();
        using var gpu = new ManagedCudaDriver();
        var function = gpu.GetFunction(gpu.LoadModule(PtxLibrary.Load("add")), "add_forward_f32");
        var shape = new LaunchShape(8, 1, 1, 128, SharedBytes: 256) { Cluster = (4, 2, 1) };
        gpu.Launch(function, shape, [5L]);
        var call = Assert.Single(driver.Calls, c => c.Name == "cuLaunchKernelEx");
        Assert.Equal([8, 1, 1, 128, 1, 1, 256], call.Arguments[..7]);
        Assert.Equal([1, 4, 4, 2, 1], call.Arguments[8..13]);
        Assert.Equal(5UL, call.Arguments[15]);
        driver.Fail("cuLaunchKernelEx", 701);
        Assert.Contains("cuLaunchKernelEx: CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES (701), words of the driver; kernel add_forward_f32, grid (8, 1, 1), block (128, 1, 1), 256 bytes of dynamic shared memory, cluster (4, 2, 1)",
            Assert.Throws<CudaException>(() => gpu.Launch(function, shape, [5L])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_product_that_fails()
    {
        using var driver = new RecordingDriver();
        using var device = ManagedCudaDevice.Open();
        driver.Fail("cublasGemmEx", 13);
        using var scope = Scope.Enter();
        var x = Tensor.Zeros([3, 5], DType.BF16, device);
        var e = Assert.Throws<CudaException>(() => Linear.Apply(x, Tensor.Zeros([7, 5], DType.BF16, device)));
        Assert.Equal("cublasGemmEx: status 13 (ExecutionFailed); m 7, n 3, k 5, batch 1, bf16, bf16 to bf16", e.Message);
    }

    [Fact]
    public void A_driver_without_pools_allocates_without_them()
    {
        using var driver = new RecordingDriver("WITHOUT_POOLS");
        using (var device = ManagedCudaDevice.Open()) AddOnce(device);
        Assert.Contains(driver.Calls, call => call.Name == "cuMemAlloc_v2");
        Assert.Equal(driver.Calls.Count(call => call.Name == "cuMemAlloc_v2"), driver.Calls.Count(call => call.Name == "cuMemFree_v2"));
    }

    [Fact]
    public void What_a_device_took_it_gives_back()
    {
        using var driver = new RecordingDriver();
        using (var device = ManagedCudaDevice.Open()) AddOnce(device);
        foreach (var (taken, given) in ((string, string)[])[("cuMemAllocAsync", "cuMemFreeAsync"), ("cuMemHostAlloc", "cuMemFreeHost"), ("cuEventCreate", "cuEventDestroy_v2"),
            ("cuStreamCreate", "cuStreamDestroy_v2"), ("cuModuleLoadDataEx", "cuModuleUnload"), ("cuDevicePrimaryCtxRetain", "cuDevicePrimaryCtxRelease_v2"), ("cublasCreate_v2", "cublasDestroy_v2")])
            Assert.Equal((taken, driver.Calls.Count(call => call.Name == taken)), (taken, driver.Calls.Count(call => call.Name == given)));
    }

    [Fact]
    public void The_workspace_is_set_after_the_stream_and_tf32_is_off_unless_asked_for()
    {
        using var driver = new RecordingDriver();
        using (var device = ManagedCudaDevice.Open()) Assert.Contains("TF32 off", device.Description, StringComparison.Ordinal);
        Assert.Equal(["cublasSetStream_v2", "cublasSetWorkspace_v2"], driver.Calls.Select(call => call.Name).Where(name => name is "cublasSetStream_v2" or "cublasSetWorkspace_v2"));
        Assert.Equal(16UL, Assert.Single(driver.Calls, call => call.Name == "cublasSetMathMode").Arguments[1]);
        using (var device = ManagedCudaDevice.Open(tf32: true)) Assert.Contains("rounded to TF32", device.Description, StringComparison.Ordinal);
        Assert.Equal(19UL, driver.Calls.Last(call => call.Name == "cublasSetMathMode").Arguments[1]);
    }

    [Fact]
    public void Another_thread_is_told_whose_the_device_is()
    {
        using var driver = new RecordingDriver();
        using var device = ManagedCudaDevice.Open();
        Exception? found = null;
        var thread = new Thread(() => found = Record.Exception(device.Synchronize));
        thread.Start();
        thread.Join();
        Assert.IsType<InvalidOperationException>(found);
        Assert.Contains("the CUDA context belongs to thread", found.Message, StringComparison.Ordinal);
        var own = new Thread(() => found = Record.Exception(() =>
        {
            ((ManagedCudaDriver)device.Driver).TakeOver();
            device.Synchronize();
        }));
        own.Start();
        own.Join();
        Assert.Null(found);
        ((ManagedCudaDriver)device.Driver).TakeOver();
    }

    /// <summary>More than both halves of the staging buffer, with a rest.</summary>
    [Fact]
    public void Host_copies_of_any_length_arrive()
    {
        using var driver = new RecordingDriver();
        using var device = ManagedCudaDevice.Open();
        using var scope = Scope.Enter();
        var values = new int[(9 << 20) / 4 + 3];
        for (var i = 0; i < values.Length; i++) values[i] = i * 7919;
        Assert.Equal(values, Tensor.From<int>(values, [values.Length], device).ToArray<int>());
    }

    [Fact]
    public void A_training_step_allocates_nothing_on_the_managed_heap()
    {
        using var driver = new RecordingDriver();
        using var run = new SmallRun();
        using var device = ManagedCudaDevice.Open();
        using var trainer = new Trainer(run.Config, run.Data(), device);
        for (var i = 0; i < 3; i++) trainer.Step();
        var before = GC.GetAllocatedBytesForCurrentThread();
        trainer.Step();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>The recording driver runs no kernel, so what is trained are zeros; the run around it is the real one.</summary>
    [Fact]
    public void A_run_that_loses_its_device_ends_in_one_line_and_keeps_its_checkpoint()
    {
        using var driver = new RecordingDriver();
        using var run = new SmallRun();
        Assert.Equal((0, ""), SmallRun.Sia(run.TrainArguments("whole", "--device", "cuda")) is var (code, _, error) ? (code, error) : default);
        var launches = driver.Calls.Count(call => call.Name == "cuLaunchKernel");
        using var again = new RecordingDriver();
        again.Fail("cuLaunchKernel", 719, after: launches / 2, sticky: true);
        var (failed, _, line) = SmallRun.Sia(run.TrainArguments("cut", "--device", "cuda", "--checkpoint-every", "1"));
        Assert.Equal(ExitCode.CheckFailed, failed);
        Assert.StartsWith("sia: cuLaunchKernel: CUDA_ERROR_LAUNCH_FAILED (719)", line, StringComparison.Ordinal);
        Assert.Single(line.TrimEnd().Split('\n'));
        Assert.True(CheckpointFile.IsPresent(Path.Combine(run.Folder, "cut", TrainingRun.CheckpointFolder)));
        Assert.Equal((0, ""), SmallRun.Sia("eval", "--checkpoint", Path.Combine(run.Folder, "cut"), "--contexts", "16") is var (read, _, no) ? (read, no) : default);
    }

    [Fact]
    public void A_capture_goes_through_the_driver_and_a_failing_one_gives_everything_back()
    {
        using var driver = new RecordingDriver();
        using (var device = ManagedCudaDevice.Open())
        {
            using var scope = Scope.Enter();
            var (x, y) = (Tensor.Zeros([100], DType.F32, device), Tensor.Zeros([100], DType.F32, device));
            Work();
            using (var work = device.Capture(Work)) work.Replay();
            driver.Fail("cuLaunchKernel", 701);
            Assert.Equal("cuLaunchKernel", Assert.Throws<CudaException>(() => device.Capture(Work)).Call);
            driver.Fail("cuGraphInstantiateWithFlags", 1);
            Assert.Equal("cuGraphInstantiate", Assert.Throws<CudaException>(() => device.Capture(Work)).Call);
            Assert.StartsWith("cuMemcpyDtoHAsync: not while a graph is captured", Assert.Throws<InvalidOperationException>(() => device.Capture(() => x.ToArray<float>())).Message, StringComparison.Ordinal);
            Assert.Equal(2 * 416, device.Pool.LiveBytes);

            void Work()
            {
                using var inner = Scope.Enter();
                y.CopyFrom(Add.Apply(x, x));
            }
        }

        var calls = driver.Calls.Select(call => call.Name).ToArray();
        foreach (var (taken, given) in ((string, string)[])[("cuStreamBeginCapture_v2", "cuStreamEndCapture"), ("cuStreamEndCapture", "cuGraphDestroy"), ("cuMemAllocAsync", "cuMemFreeAsync")])
            Assert.Equal((taken, calls.Count(name => name == taken)), (taken, calls.Count(name => name == given)));
        Assert.Single(calls, "cuGraphLaunch");
    }

    private static void AddOnce(CudaDevice device)
    {
        using var scope = Scope.Enter();
        Add.Apply(Tensor.Zeros([100], DType.F32, device), Tensor.Zeros([100], DType.F32, device)).ToArray<float>();
    }
}
