using SiaEngine.Cpu;
using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Train.Kernels;

/// <summary>Runs one kernel on the simulator inside the computation it belongs to, and checks that computation against the CPU in f64.</summary>
internal static class KernelWorkbench
{
    /// <summary>Every entry of the library with its file.</summary>
    public static IReadOnlyList<(string Entry, string File)> Entries { get; } = [.. PtxLibrary.Names.SelectMany(file => Parser.Parse(PtxLibrary.Load(file)).Functions.Values.Where(f => f.IsEntry).Select(f => (f.Name, file)))];

    /// <summary>Runs an entry.</summary>
    /// <param name="entry">Name of the entry.</param>
    /// <param name="shape">Shape of the example, or null for its own.</param>
    /// <param name="probe">The warp whose accesses are recorded.</param>
    /// <exception cref="ArgumentException">There is no such kernel, or the shape does not fit it.</exception>
    public static KernelResult Run(string entry, int[]? shape, Probe probe)
    {
        var file = Entries.FirstOrDefault(e => e.Entry == entry).File ?? throw new ArgumentException($"no kernel '{entry}'; 'sia kernels list' names them");
        if (Ladder.Gemm.Concat(Ladder.Reduction).FirstOrDefault(step => step.Entry == entry) is { } step) return LadderBench.Run(step, shape, probe);
        foreach (var dtype in (DType[])[DType.F32, DType.BF16, DType.F64])
        {
            foreach (var example in KernelExamples.Of(dtype).Where(e => e.File == file))
            {
                if (!Launches(example, entry, dtype)) continue;
                var size = shape ?? example.Shape;
                if (size.Length != example.Shape.Length || size.Any(extent => extent < 1)) throw new ArgumentException($"--shape of {entry} takes {example.Extents}, as in {string.Join(',', example.Shape)}, not {string.Join(',', size)}");
                return Measure(example, entry, dtype, size, probe);
            }
        }

        throw new InvalidOperationException($"{entry}: no example launches this kernel");
    }

    /// <summary>Largest |found − reference| / (1 + |reference|).</summary>
    public static double WorstError(IReadOnlyList<double[]> reference, IReadOnlyList<double[]> found)
    {
        var worst = 0.0;
        for (var i = 0; i < reference.Count; i++)
        {
            for (var j = 0; j < reference[i].Length; j++)
            {
                var error = Math.Abs(found[i][j] - reference[i][j]) / (1 + Math.Abs(reference[i][j]));
                worst = double.IsNaN(error) ? double.PositiveInfinity : Math.Max(worst, error);
            }
        }

        return worst;
    }

    /// <summary>What ptxas says of an entry, if there is one here.</summary>
    public static AssembledKernel? Assemble(string file, string entry) => PtxAssembler.Find()?.Assemble(PtxLibrary.Load(file), "sm_90")[entry];

    /// <summary>Error that a correct kernel stays below: some roundings of f32 sums, or of bf16 values.</summary>
    public static double Tolerance(DType dtype) => dtype == DType.BF16 ? 4e-2 : 1e-4;

    private static bool Launches(KernelExample example, string entry, DType dtype)
    {
        var found = false;
        Simulate(example, dtype, example.Shape, driver => driver.Launched = run => found |= run.Kernel == entry);
        return found;
    }

    private static KernelResult Measure(KernelExample example, string entry, DType dtype, int[] shape, Probe probe)
    {
        KernelRun? launched = null;
        var results = Simulate(example, dtype, shape, driver =>
        {
            // A probe watches one launch: the first of this entry.
            var watching = driver.Probe = new Probe(probe.Block, probe.Warp);
            driver.Launched = run =>
            {
                if (run.Kernel == entry && launched is null) (launched, probe) = (run, watching);
                watching = driver.Probe = launched is null ? new Probe(probe.Block, probe.Warp) : null;
            };
        });
        using var cpu = new CpuDevice();
        var error = WorstError(example.Results(cpu, DType.F64, shape), results);
        return new KernelResult(launched!, $"{example.Extents} = {string.Join(", ", shape)}", error, Tolerance(dtype), Assemble(example.File, entry), probe.Accesses);
    }

    private static IReadOnlyList<double[]> Simulate(KernelExample example, DType dtype, int[] shape, Action<SimulatedDriver> prepare)
    {
        using var device = SimulatedDevice.Create();
        prepare((SimulatedDriver)device.Driver);
        return example.Results(device, dtype, shape);
    }
}
