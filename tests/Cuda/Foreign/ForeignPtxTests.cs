using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda.Foreign;

/// <summary>
/// CUDA C++ kernels, compiled by NVRTC and clang, optimised and not, give the right answers on the simulator with every check on, under four schedules; and no
/// check reports anything. PTX is made when the test runs; where a compiler is absent its cases are skipped.
/// </summary>
public class ForeignPtxTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var kernel in ForeignKernels.All)
            {
                cases.Add(kernel.File, "nvrtc");
                cases.Add(kernel.File, "nvrtc -G");
                if (!kernel.Clang) continue;
                cases.Add(kernel.File, "clang -O0");
                if (kernel.ClangOptimised) cases.Add(kernel.File, "clang -O2");
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void RightUnderEveryCompilerAndSchedule(string file, string compiler)
    {
        var source = Compile(file, compiler);
        var forms = new SortedSet<string>(Parser.Parse(source).Functions.Values.SelectMany(function => function.Instructions).Select(instruction => instruction.ToString()));
        TestContext.Current.TestOutputHelper?.WriteLine($"{source.Name}: {forms.Count} instructions: {string.Join(' ', forms)}");
        foreach (var schedule in new[] { Schedule.InOrder, Schedule.Shuffled(1), Schedule.Shuffled(2), Schedule.Shuffled(3) }) Run(file, source, schedule);
    }

    /// <summary>
    /// clang 14 at -O2 moves the read of a flag in shared memory above the barrier that publishes it, on the way of the threads that do not write it: their value is
    /// undefined, though the kernel's result does not depend on it. The simulator says so; ptxas and hardware do not.
    /// </summary>
    [Fact]
    public void ReadThatClangMovedOverABarrierIsReported()
    {
        var source = Compile("last_block", "clang -O2");
        var failure = Assert.Throws<CudaException>(() => Run("last_block", source, Schedule.InOrder));
        Assert.Equal(KernelFault.Uninitialised, Assert.IsType<KernelFaultException>(failure.InnerException).Fault);
        Assert.Contains("ld.shared.u8", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ThereAreAtLeastThirtyKernelsEachWithASource()
    {
        var files = Directory.GetFiles(Path.Combine(Repository.Root, "tests", "Cuda", "Foreign"), "*.cu").Select(Path.GetFileNameWithoutExtension).Order();
        Assert.Equal(files, ForeignKernels.All.Select(kernel => kernel.File).Order());
        Assert.True(ForeignKernels.All.Count >= 30);
    }

    private static PtxSource Compile(string file, string compiler)
    {
        var path = Path.Combine(Repository.Root, "tests", "Cuda", "Foreign", file + ".cu");
        var clang = compiler.StartsWith("clang", StringComparison.Ordinal);
        Assert.SkipUnless(clang ? ClangCuda.Program is not null : Nvrtc.Available, clang ? ClangCuda.Missing : Nvrtc.Missing);
        return new PtxSource($"{file} ({compiler})", compiler switch
        {
            "nvrtc" => Nvrtc.Compile(file + ".cu", File.ReadAllText(path), "--gpu-architecture=compute_80", "-lineinfo"),
            "nvrtc -G" => Nvrtc.Compile(file + ".cu", File.ReadAllText(path), "--gpu-architecture=compute_80", "-G"),
            _ => ClangCuda.Compile(path, compiler[6..]),
        });
    }

    private static void Run(string file, PtxSource source, Schedule schedule)
    {
        using var driver = new SimulatedDriver { Schedule = schedule, InstructionLimit = 20_000_000 };
        ForeignKernels.All.Single(kernel => kernel.File == file).Check(new ForeignRun(driver, driver.LoadModule(source), source.Name));
    }
}
