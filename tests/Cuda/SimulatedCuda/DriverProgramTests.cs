using System.Text.RegularExpressions;

namespace SiaEngine.Tests.Cuda.SimulatedCuda;

/// <summary>A C program of the driver API on the simulated libcuda and libcublas.</summary>
public sealed partial class DriverProgramTests(CompiledProgram program) : IClassFixture<CompiledProgram>
{
    [Fact]
    public void Calls_before_initialisation_and_without_a_context_are_refused()
    {
        Assert.Equal(["CUDA_ERROR_NOT_INITIALIZED", "CUDA_SUCCESS", "CUDA_ERROR_INVALID_CONTEXT"], program.Run("before").Output);
    }

    [Fact]
    public void Loads_a_file_launches_and_copies_back()
    {
        var (output, error) = program.Run("run");
        Assert.Equal(
        [
            "12040 1 [simulated sm_90] 9 1", "1024 threads, 256 bytes, 8 blocks", "by pointers: 0 wrong, time positive", "by buffer: 0 wrong, variable of 4 bytes",
            "by configuration: 0 wrong", "in host memory: 0 wrong", "copied: 0 wrong", "pool: 4000 then 0", "CUDA_ERROR_CONTEXT_IS_DESTROYED",
        ], output);
        Assert.Empty(error);
    }

    [Fact]
    public void The_environment_chooses_the_gpu()
    {
        Assert.Equal("12040 1 [simulated sm_80] 8 1", program.Run("run", ("SIA_SIM_GPU", "sm_80"), ("SIA_SIM_SCHEDULE", "7")).Output[0]);
    }

    [Fact]
    public void Wrong_ptx_gives_the_log_with_the_line()
    {
        var (output, error) = program.Run("bad_ptx");
        Assert.Equal("CUDA_ERROR_INVALID_PTX", output[0]);
        var line = Line("fma.rn.f32");
        Assert.Equal($"ptxas application ptx input, line {line}; error   : instruction 'fmq.rn.f32' is not known to the simulator", output[1]);
        Assert.Equal("ptxas fatal   : Ptx assembly aborted due to errors", output[2]);
        var characters = output[1].Length + output[2].Length + 2;
        Assert.Equal([$"{characters + 1} bytes, {characters} characters", "CUDA_ERROR_NOT_FOUND", "CUDA_ERROR_NO_BINARY_FOR_GPU"], output[3..]);
        Assert.Contains($"ptx input:{line}:", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kernel_out_of_bounds_fails_its_launch_and_its_context()
    {
        var (output, error) = program.Run("out_of_bounds");
        Assert.Equal([.. Enumerable.Repeat("CUDA_ERROR_ILLEGAL_ADDRESS", 3), "after reset: 0 wrong", "CUDA_ERROR_ILLEGAL_ADDRESS"], output);
        var lines = error.TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.StartsWith($"simcuda: cuLaunchKernel: CUDA_ERROR_ILLEGAL_ADDRESS (700): ptx input:{Line("ld.global.f32       %a")}: ld.global.f32 %a, [%x]: block (3,0,0) thread (232,0,0) reads 4 bytes", lines[0]);
        Assert.Contains("byte 4000 of allocation of 4000 bytes", lines[0], StringComparison.Ordinal);
        Assert.Contains("use after free", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_race_fails_the_launch_unless_the_checks_are_off()
    {
        var (output, error) = program.Run("race");
        Assert.Equal(["CUDA_ERROR_LAUNCH_FAILED", "CUDA_ERROR_LAUNCH_FAILED"], output);
        Assert.Contains("race", error, StringComparison.Ordinal);
        Assert.Contains("[kernel racing]", error, StringComparison.Ordinal);
        Assert.Equal(["CUDA_SUCCESS", "CUDA_SUCCESS"], program.Run("race", ("SIA_SIM_CHECKS", "0")).Output);
    }

    [Fact]
    public void Misuse_is_reported_with_what_was_wrong()
    {
        var (output, error) = program.Run("misuse");
        Assert.Equal(
        [
            "CUDA_SUCCESS", "CUDA_SUCCESS", "CUDA_SUCCESS", "CUDA_ERROR_INVALID_VALUE", "CUDA_ERROR_INVALID_VALUE", "CUDA_ERROR_INVALID_VALUE", "CUDA_ERROR_INVALID_VALUE",
            "CUDA_ERROR_INVALID_HANDLE", "CUDA_ERROR_INVALID_HANDLE", "CUDA_ERROR_INVALID_HANDLE", "CUDA_ERROR_INVALID_VALUE", "CUDA_ERROR_INVALID_VALUE", "CUDA_ERROR_INVALID_HANDLE",
            "CUDA_ERROR_INVALID_VALUE", "CUDA_ERROR_INVALID_CONTEXT", "CUDA_ERROR_OUT_OF_MEMORY",
        ], output);
        var lines = error.TrimEnd().Split('\n');
        string[] reports =
        [
            "cuMemcpyHtoDAsync: 16 bytes of host memory at", "were changed before anything waited for the copy", "is freed while cuMemcpyDtoHAsync may still run on it",
            "is not the start of an allocation", "was freed before", "which was freed", "16 bytes at", "the event 0x", "the stream 0x", "is no stream", "every extent is at least 1",
            "the block has at most 1024 threads along x", "the function 0x", "is no device memory", "the context 0x",
        ];
        Assert.Equal(reports.Length, lines.Length);
        foreach (var (line, report) in lines.Zip(reports)) Assert.Contains(report, line, StringComparison.Ordinal);
        Assert.Empty(program.Run("misuse", ("SIA_SIM_QUIET", "1")).Error);
    }

    [Fact]
    public void A_captured_graph_runs_when_it_is_launched()
    {
        var (output, error) = program.Run("graph");
        Assert.Equal(
        [
            "capturing 1, 2 nodes, before the launch 0 wrong", "after two launches 0 wrong", "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED",
            "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", "CUDA_ERROR_STREAM_CAPTURE_UNJOINED", "CUDA_ERROR_ILLEGAL_ADDRESS",
        ], output);
        Assert.Contains("cuMemAlloc while a stream is capturing", error, StringComparison.Ordinal);
        Assert.Contains($"cuGraphLaunch: CUDA_ERROR_ILLEGAL_ADDRESS (700): ptx input:{Line("ld.global.f32       %a")}: ld.global.f32", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Products_are_right_and_checked()
    {
        var (output, error) = program.Run("blas");
        Assert.Equal(["product 0: 0 wrong", "product 1: 0 wrong", "7", "15", "13", "CUDA_ERROR_ILLEGAL_ADDRESS"], output);
        Assert.Contains("cublasSgemm: CUDA_ERROR_ILLEGAL_ADDRESS (700): 840 bytes at", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Both_names_are_one_library_and_entries_are_found_by_name()
    {
        Assert.Equal(
        [
            "one library: 1", "CUDA_SUCCESS", "newest version: 1, status 0", "CUDA_SUCCESS", "CUDA_ERROR_NOT_FOUND", "status 1", "current: 1, sizes 56",
        ], program.Run("lookup").Output);
    }

    [Fact]
    public void Linked_ptx_libraries_launch_attributes_and_pitched_copies()
    {
        var (output, error) = program.Run("modules", ("SIA_SIM_LEAKS", "1"));
        Assert.Equal(
        [
            "CUDA_ERROR_INVALID_PTX", "ptxas application ptx input, l", "of a library: 0 wrong, image of 1 bytes", "CUDA_SUCCESS", "CUDA_ERROR_NOT_SUPPORTED", "pitch 512: 6 7, 11 12",
        ], output);
        Assert.Contains("the simulator has no clusters", error, StringComparison.Ordinal);
        Assert.Contains("the context ends with 3 allocations of 9536 bytes that were not freed", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Threads_share_a_context()
    {
        var (output, error) = program.Run("threads");
        Assert.Equal(["0 0 0 0"], output);
        Assert.Empty(error);
    }

    [Fact]
    public void Every_entry_point_that_the_backend_calls_is_there()
    {
        SimulatedLibrary.Require();
        var (code, symbols, error) = SimulatedLibrary.Run("nm", ["-D", "--defined-only", Path.Combine(SimulatedLibrary.Folder, "libcuda.so.1")]);
        Assert.True(code == 0, error);
        var exported = symbols.Split('\n').Select(line => line.Split(' ')[^1].Split('@')[0]).ToHashSet();
        var called = Directory.EnumerateFiles(Path.Combine(Repository.Root, "cuda", "ManagedCuda"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Entry().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).Distinct().ToArray();
        Assert.True(called.Length > 40, $"only {called.Length} calls were found in the sources");
        Assert.All(called, name => Assert.Contains(name, exported));
    }

    [GeneratedRegex("\"((?:cu|cublas)[A-Z][a-z]\\w+)\"")]
    private static partial Regex Entry();

    private static int Line(string instruction) =>
        File.ReadLines(Path.Combine(SimulatedLibrary.Sources, "saxpy.ptx")).TakeWhile(text => !text.Contains(instruction, StringComparison.Ordinal)).Count() + 1;
}
