using System.Reflection;
using System.Runtime.CompilerServices;
using ManagedCuda;
using ManagedCuda.BasicTypes;
using ManagedCuda.CudaBlas;
using static ManagedCuda.DriverAPINativeMethods;

namespace SiaEngine.Tests.Cuda.ManagedCuda;

/// <summary>What reaches the native side: sizes of all structs, and the arguments of every entry point in order, as a C library built from NVIDIA's prototypes sees them.</summary>
[Collection(OneDriver.Name)]
public sealed unsafe class NativeCallTests
{
    /// <summary>An address the test does not know: of a variable that the call fills.</summary>
    private const ulong Any = 0xA17A17A17A17A17A;

    private static readonly Assembly Facade = typeof(DriverAPINativeMethods).Assembly;

    /// <summary>Everything but the device, an int, and the launch's structs is a pointer, a size or an address.</summary>
    [Fact]
    public void Structs_have_the_sizes_of_the_headers()
    {
        var structs = Facade.GetExportedTypes().Where(type => type is { IsValueType: true, IsEnum: false } && !type.Name.StartsWith("CUlaunch", StringComparison.Ordinal)).ToArray();
        Assert.Equal(12, structs.Length);
        foreach (var type in structs)
        {
            Assert.True(type.IsLayoutSequential, type.Name);
            var size = (int)typeof(NativeCallTests).GetMethod(nameof(SizeOf), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type).Invoke(null, null)!;
            Assert.True(size == (type == typeof(CUdevice) ? 4 : 8), $"{type.Name} has {size} bytes");
            var field = Assert.Single(type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic));
            Assert.Equal(0, System.Runtime.InteropServices.Marshal.OffsetOf(type, field.Name));
        }
    }

    [Fact]
    public void Structs_of_a_launch_have_the_layout_of_the_header()
    {
        Assert.Equal((64, 72, 56), (SizeOf<CUlaunchAttributeValue>(), SizeOf<CUlaunchAttribute>(), sizeof(NativeLaunchConfig)));
        var attribute = new CUlaunchAttribute();
        Assert.Equal((0, 8), (Offset(ref attribute, ref attribute.id), Offset(ref attribute, ref attribute.value)));
        var config = new NativeLaunchConfig();
        Assert.Equal((0, 12, 24, 32, 40, 48), (Offset(ref config, ref config.GridX), Offset(ref config, ref config.BlockX), Offset(ref config, ref config.SharedBytes), Offset(ref config, ref config.Stream),
            (int)((byte*)&config.Attributes - (byte*)&config), Offset(ref config, ref config.AttributeCount)));

        static int Offset<T, TField>(ref T value, ref TField field) => (int)Unsafe.ByteOffset(ref Unsafe.As<T, byte>(ref value), ref Unsafe.As<TField, byte>(ref field));
    }

    [Fact]
    public void Every_entry_point_passes_its_arguments_in_the_order_of_the_header()
    {
        using var driver = new RecordingDriver();
        var seen = new HashSet<string>();
        foreach (var (entry, call, expected) in Table())
        {
            var before = driver.Calls.Length;
            Assert.Equal(0, call());
            var recorded = driver.Calls[before..];
            var (name, arguments) = Assert.Single(recorded);
            Assert.Equal(entry, name);
            Assert.Equal(expected.Length, arguments.Length);
            for (var i = 0; i < expected.Length; i++)
                Assert.True(expected[i] == Any ? arguments[i] > 4096 : arguments[i] == expected[i], $"{entry}: argument {i} is {arguments[i]:x}, not {expected[i]:x}");
            seen.Add(entry);
        }

        Assert.Equal(Entries().Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_a_call_returns_comes_back()
    {
        using var driver = new RecordingDriver();
        int version = 0, count = 0, attribute = 0;
        SizeT memory = 0, free = 0, total = 0;
        var milliseconds = 0f;
        var name = new byte[32];
        cuDriverGetVersion(ref version);
        DeviceManagement.cuDeviceGetCount(ref count);
        DeviceManagement.cuDeviceGetAttribute(ref attribute, CUDeviceAttribute.ComputeCapabilityMajor, default);
        DeviceManagement.cuDeviceTotalMem_v2(ref memory, default);
        DeviceManagement.cuDeviceGetName(name, name.Length, default);
        MemoryManagement.cuMemGetInfo_v2(ref free, ref total);
        Events.cuEventElapsedTime(ref milliseconds, default, default);
        Assert.Equal((12040, 1, 9, 1.5f), (version, count, attribute, milliseconds));
        Assert.Equal((80UL << 30, 1UL << 30, 80UL << 30), ((ulong)memory, (ulong)free, (ulong)total));
        Assert.StartsWith("recording device\0", System.Text.Encoding.ASCII.GetString(name), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_entry_and_a_missing_library_say_what_was_looked_for()
    {
        using var driver = new RecordingDriver("WITHOUT_POOLS");
        var pool = new CUmemoryPool();
        var missing = Assert.Throws<EntryPointNotFoundException>(() => DeviceManagement.cuDeviceGetDefaultMemPool(ref pool, default));
        Assert.Contains("cuDeviceGetDefaultMemPool", missing.Message, StringComparison.Ordinal);
        NativeLibraryFile.Driver.Redirect("/nowhere/libcuda.so.1");
        Assert.Equal("no NVIDIA driver; SIA_LIBCUDA names /nowhere/libcuda.so.1, which does not load", Assert.Throws<DllNotFoundException>(() => cuInit(0)).Message);
    }

    private static int SizeOf<T>() where T : struct => RuntimeHelpers.IsReferenceOrContainsReferences<T>() ? -1 : Unsafe.SizeOf<T>();

    private static IEnumerable<string> Entries() => Facade.GetTypes().SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.NonPublic)).Where(field => field.FieldType == typeof(NativeEntry))
        .Select(field => ((NativeEntry)field.GetValue(null)!).Name);

    private static List<(string Entry, Func<int> Call, ulong[] Expected)> Table()
    {
        var table = new List<(string, Func<int>, ulong[])>();
        void Add(string entry, Func<CUResult> call, params ulong[] expected) => table.Add((entry, () => (int)call(), expected));
        void Blas(string entry, Func<CublasStatus> call, params ulong[] expected) => table.Add((entry, () => (int)call(), expected));
        var (device, context, module, function) = (new CUdevice { Pointer = 3 }, new CUcontext { Pointer = 0x11 }, new CUmodule { Pointer = 0x12 }, new CUfunction { Pointer = 0x13 });
        var (stream, mark, other, pool) = (new CUstream { Pointer = 0x14 }, new CUevent { Pointer = 0x15 }, new CUevent { Pointer = 0x16 }, new CUmemoryPool { Pointer = 0x17 });
        var (graph, exec, blas) = (new CUgraph { Pointer = 0x18 }, new CUgraphExec { Pointer = 0x19 }, new CudaBlasHandle { Pointer = 0x1A });
        var (number, size, more, big, time, text) = (0, (SizeT)0, (SizeT)0, ulong.MaxValue, 0f, IntPtr.Zero);
        var address = new CUdeviceptr();

        Add("cuInit", () => cuInit(0), 0);
        Add("cuDriverGetVersion", () => cuDriverGetVersion(ref number), Any);
        Add("cuGetErrorName", () => ErrorHandling.cuGetErrorName((CUResult)700, ref text), 700, Any);
        Add("cuGetErrorString", () => ErrorHandling.cuGetErrorString((CUResult)700, ref text), 700, Any);
        Add("cuDeviceGetCount", () => DeviceManagement.cuDeviceGetCount(ref number), Any);
        Add("cuDeviceGet", () => DeviceManagement.cuDeviceGet(ref device, 3), Any, 3);
        Add("cuDeviceGetName", () => DeviceManagement.cuDeviceGetName(new byte[64], 63, device), Any, 63, 3);
        Add("cuDeviceTotalMem_v2", () => DeviceManagement.cuDeviceTotalMem_v2(ref size, device), Any, 3);
        Add("cuDeviceGetAttribute", () => DeviceManagement.cuDeviceGetAttribute(ref number, CUDeviceAttribute.L2CacheSize, device), Any, 38, 3);
        Add("cuDeviceGetDefaultMemPool", () => DeviceManagement.cuDeviceGetDefaultMemPool(ref pool, device), Any, 3);
        Add("cuCtxSetCurrent", () => ContextManagement.cuCtxSetCurrent(new CUcontext { Pointer = 0x11 }), 0x11);
        Add("cuDevicePrimaryCtxRetain", () => ContextManagement.cuDevicePrimaryCtxRetain(ref context, device), Any, 3);
        Add("cuDevicePrimaryCtxRelease_v2", () => ContextManagement.cuDevicePrimaryCtxRelease(device), 3);
        Add("cuModuleLoadDataEx", () => ModuleManagement.cuModuleLoadDataEx(ref module, "seven b\0"u8.ToArray(), 4, [(CUJITOption)3, (CUJITOption)4, CUJITOption.ErrorLogBuffer, (CUJITOption)6], [1, 2, 3, 77]),
            Any, 7, 4, 5, 77);
        Add("cuModuleUnload", () => ModuleManagement.cuModuleUnload(new CUmodule { Pointer = 0x12 }), 0x12);
        Add("cuModuleGetFunction", () => ModuleManagement.cuModuleGetFunction(ref function, new CUmodule { Pointer = 0x12 }, "name"), Any, 0x12, 4);
        Add("cuFuncSetAttribute", () => FunctionManagement.cuFuncSetAttribute(new CUfunction { Pointer = 0x13 }, CUFunctionAttribute.MaxDynamicSharedSizeBytes, 65536), 0x13, 8, 65536);
        var (first, second) = (GC.AllocateArray<ulong>(1, pinned: true), GC.AllocateArray<ulong>(1, pinned: true));
        (first[0], second[0]) = (0x1234567890, 0x42);
        IntPtr[] arguments = [(IntPtr)Unsafe.AsPointer(ref first[0]), (IntPtr)Unsafe.AsPointer(ref second[0])];
        Add("cuLaunchKernel", () => Launch.cuLaunchKernel(new CUfunction { Pointer = 0x13 }, 1, 2, 3, 4, 5, 6, 7, stream, arguments, null), 0x13, 1, 2, 3, 4, 5, 6, 7, 0x14, 0x1234567890, 0x42, 0);
        Add("cuLaunchKernelEx", () =>
        {
            var attributes = new CUlaunchAttribute[2];
            attributes[1].id = CUlaunchAttributeID.ClusterDimension;
            (attributes[1].value[0], attributes[1].value[1], attributes[1].value[7]) = (9UL << 32 | 8, 10, 77);
            var config = new CUlaunchConfig { gridDimX = 1, gridDimY = 2, gridDimZ = 3, blockDimX = 4, blockDimY = 5, blockDimZ = 6, sharedMemBytes = 7, hStream = stream, attrs = attributes };
            return Launch.cuLaunchKernelEx(ref config, new CUfunction { Pointer = 0x13 }, arguments, null);
        }, 1, 2, 3, 4, 5, 6, 7, 0x14, 2, 4, 8, 9, 10, 77, 0x13, 0x1234567890, 0);
        Add("cuMemGetInfo_v2", () => MemoryManagement.cuMemGetInfo_v2(ref size, ref more), Any, Any);
        Add("cuMemAlloc_v2", () => MemoryManagement.cuMemAlloc_v2(ref address, 512), Any, 512);
        Add("cuMemFree_v2", () => MemoryManagement.cuMemFree_v2(default), 0);
        Add("cuMemAllocAsync", () => MemoryManagement.cuMemAllocAsync(ref address, 512, stream), Any, 512, 0x14);
        Add("cuMemFreeAsync", () => MemoryManagement.cuMemFreeAsync(default, stream), 0, 0x14);
        Add("cuMemHostAlloc", () => MemoryManagement.cuMemHostAlloc(ref text, 512, CUMemHostAllocFlags.WriteCombined), Any, 512, 4);
        Add("cuMemFreeHost", () => MemoryManagement.cuMemFreeHost(0), 0);
        Add("cuMemPoolSetAttribute", () => MemoryManagement.cuMemPoolSetAttribute(new CUmemoryPool { Pointer = 0x17 }, CUmemPool_attribute.ReleaseThreshold, ref big), 0x17, 4, ulong.MaxValue);
        var (from, to) = (GC.AllocateArray<byte>(16, pinned: true), GC.AllocateArray<byte>(16, pinned: true));
        var (source, target) = ((ulong)(nint)Unsafe.AsPointer(ref from[0]), (ulong)(nint)Unsafe.AsPointer(ref to[0]));
        Add("cuMemcpyHtoDAsync_v2", () => AsynchronousMemcpy_v2.cuMemcpyHtoDAsync_v2(new CUdeviceptr(target), (IntPtr)source, 9, stream), target, source, 9, 0x14);
        Add("cuMemcpyDtoHAsync_v2", () => AsynchronousMemcpy_v2.cuMemcpyDtoHAsync_v2((IntPtr)target, new CUdeviceptr(source), 9, stream), target, source, 9, 0x14);
        Add("cuMemcpyDtoDAsync_v2", () => AsynchronousMemcpy_v2.cuMemcpyDtoDAsync_v2(new CUdeviceptr(target), new CUdeviceptr(source), 9, stream), target, source, 9, 0x14);
        Add("cuMemsetD8Async", () => MemsetAsync.cuMemsetD8Async(new CUdeviceptr(target), 0xFE, 9, stream), target, 0xFE, 9, 0x14);
        Add("cuStreamCreate", () =>
        {
            var created = new CUstream();
            return Streams.cuStreamCreate(ref created, CUStreamFlags.NonBlocking);
        }, Any, 1);
        Add("cuStreamDestroy_v2", () => Streams.cuStreamDestroy_v2(stream), 0x14);
        Add("cuStreamSynchronize", () => Streams.cuStreamSynchronize(stream), 0x14);
        Add("cuStreamBeginCapture_v2", () => Streams.cuStreamBeginCapture(stream, CUstreamCaptureMode.Relaxed), 0x14, 2);
        Add("cuStreamEndCapture", () => Streams.cuStreamEndCapture(stream, ref graph), 0x14, Any);
        Add("cuEventCreate", () =>
        {
            var created = new CUevent();
            return Events.cuEventCreate(ref created, CUEventFlags.DisableTiming);
        }, Any, 2);
        Add("cuEventRecord", () => Events.cuEventRecord(mark, stream), 0x15, 0x14);
        Add("cuEventSynchronize", () => Events.cuEventSynchronize(mark), 0x15);
        Add("cuEventElapsedTime", () => Events.cuEventElapsedTime(ref time, mark, other), Any, 0x15, 0x16);
        Add("cuEventDestroy_v2", () => Events.cuEventDestroy_v2(mark), 0x15);
        Add("cuGraphInstantiateWithFlags", () => GraphManagment.cuGraphInstantiate(ref exec, new CUgraph { Pointer = 0x18 }, (CUgraphInstantiate_flags)8), Any, 0x18, 8);
        Add("cuGraphLaunch", () => GraphManagment.cuGraphLaunch(new CUgraphExec { Pointer = 0x19 }, stream), 0x19, 0x14);
        Add("cuGraphExecDestroy", () => GraphManagment.cuGraphExecDestroy(new CUgraphExec { Pointer = 0x19 }), 0x19);
        Add("cuGraphDestroy", () => GraphManagment.cuGraphDestroy(new CUgraph { Pointer = 0x18 }), 0x18);

        Blas("cublasCreate_v2", () =>
        {
            var created = new CudaBlasHandle();
            return CudaBlasNativeMethods.cublasCreate_v2(ref created);
        }, Any);
        Blas("cublasDestroy_v2", () => CudaBlasNativeMethods.cublasDestroy_v2(blas), 0x1A);
        Blas("cublasGetVersion_v2", () => CudaBlasNativeMethods.cublasGetVersion_v2(blas, ref number), 0x1A, Any);
        Blas("cublasSetStream_v2", () => CudaBlasNativeMethods.cublasSetStream_v2(blas, stream), 0x1A, 0x14);
        Blas("cublasSetWorkspace_v2", () => CudaBlasNativeMethods.cublasSetWorkspace_v2(blas, new CUdeviceptr(0x500), 32 << 20), 0x1A, 0x500, 32 << 20);
        Blas("cublasSetMathMode", () => CudaBlasNativeMethods.cublasSetMathMode(blas, global::ManagedCuda.CudaBlas.Math.TF32TensorOpMath), 0x1A, 3);
        var scalars = GC.AllocateArray<float>(2, pinned: true);
        (scalars[0], scalars[1]) = (2.5f, -1);
        var (alpha, beta, a, b, c) = ((IntPtr)Unsafe.AsPointer(ref scalars[0]), (IntPtr)Unsafe.AsPointer(ref scalars[1]), new CUdeviceptr(0x100), new CUdeviceptr(0x200), new CUdeviceptr(0x300));
        var (alphaBits, betaBits) = ((ulong)BitConverter.SingleToUInt32Bits(2.5f), (ulong)BitConverter.SingleToUInt32Bits(-1));
        Blas("cublasGemmEx", () => CudaBlasNativeMethods.cublasGemmEx(blas, Operation.Transpose, Operation.NonTranspose, 21, 22, 23, alpha, a, cudaDataType.CUDA_R_16BF, 24, b, cudaDataType.CUDA_R_16F, 25,
            beta, c, cudaDataType.CUDA_R_32F, 26, ComputeType.Compute32F, GemmAlgo.Default), 0x1A, 1, 0, 21, 22, 23, alphaBits, 0x100, 14, 24, 0x200, 2, 25, betaBits, 0x300, 0, 26, 68, ulong.MaxValue);
        Blas("cublasGemmStridedBatchedEx", () => CudaBlasNativeMethods.cublasGemmStridedBatchedEx(blas, Operation.NonTranspose, Operation.Transpose, 21, 22, 23, alpha, a, cudaDataType.CUDA_R_16BF, 24,
            1L << 33, b, cudaDataType.CUDA_R_16F, 25, -7, beta, c, cudaDataType.CUDA_R_32F, 26, 1L << 34, 27, (cudaDataType)ComputeType.Compute32FFastTF32, GemmAlgo.Default),
            0x1A, 0, 1, 21, 22, 23, alphaBits, 0x100, 14, 24, 1UL << 33, 0x200, 2, 25, unchecked((ulong)-7), betaBits, 0x300, 0, 26, 1UL << 34, 27, 77, ulong.MaxValue);
        return table;
    }
}
