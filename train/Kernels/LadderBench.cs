using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Train.Kernels;

/// <summary>Runs a step of the ladder on random operands and checks it against a product or sum in f64.</summary>
internal static class LadderBench
{
    /// <summary>One step at a shape.</summary>
    public static KernelResult Run(LadderStep step, int[]? extents, Probe probe)
    {
        var size = extents ?? (step.Extents.Count == 3 ? [128, 128, 64] : [32, 1024]);
        using var device = SimulatedDevice.Create();
        var driver = (SimulatedDriver)device.Driver;
        KernelRun? launched = null;
        driver.Launched = run => launched = run;
        driver.Probe = probe;
        using var scope = Scope.Enter();
        var (inputs, shapes, result) = Operands(step, size);
        var tensors = inputs.Select((values, i) => GradientContext.Make(values, shapes[i], step.Input, device)).ToArray();
        var y = Tensor.Empty(result, DType.F32, device);
        KernelArg[] arguments = [.. tensors.Select(tensor => (KernelArg)tensor), y, .. size.Select(extent => (KernelArg)extent)];
        driver.Launch(driver.GetFunction(driver.LoadModule(PtxLibrary.Load(step.Source)), step.Entry), step.Shape(size), arguments);
        var error = KernelWorkbench.WorstError([Reference(inputs, size)], [GradientContext.Read(y)]);
        // Products of rounded inputs are exact in f64, so only the f32 sums differ.
        return new KernelResult(launched!, $"{string.Join(", ", step.Extents.Select(e => e.Name))} = {string.Join(", ", size)}", error, KernelWorkbench.Tolerance(DType.F32),
            KernelWorkbench.Assemble(step.Source, step.Entry), probe.Accesses);
    }

    private static (double[][] Inputs, Shape[] Shapes, Shape Result) Operands(LadderStep step, int[] e) => e.Length == 3
        ? ([KernelExample.Values(e[0] * e[2], 1, step.Input), KernelExample.Values(e[2] * e[1], 2, step.Input)], [[e[0], e[2]], [e[2], e[1]]], [e[0], e[1]])
        : ([KernelExample.Values(e[0] * e[1], 1, step.Input)], [[e[0], e[1]]], [e[0]]);

    private static double[] Reference(double[][] inputs, int[] e)
    {
        if (e.Length == 2) return [.. Enumerable.Range(0, e[0]).Select(r => inputs[0].AsSpan(r * e[1], e[1]).ToArray().Sum())];
        var (m, n, k) = (e[0], e[1], e[2]);
        var c = new double[m * n];
        for (var i = 0; i < m; i++)
            for (var p = 0; p < k; p++)
                for (var j = 0; j < n; j++) c[i * n + j] += inputs[0][i * k + p] * inputs[1][p * n + j];
        return c;
    }
}
