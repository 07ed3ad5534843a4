using System.Globalization;

namespace SiaEngine;

/// <summary>
/// Checks a device's f32 kernels against the CPU in f64, results and gradients, over the cases central differences have proven there. The error of an element
/// is |device − f64| / (1 + the tensor's largest |f64|).
/// </summary>
public static class DeviceCheck
{
    /// <summary>
    /// Roundings a kernel may differ by beside twice the error of the CPU's own f32 kernels: a GPU's exponentials and logarithms err by several units in the
    /// last place, and its sums run in another order.
    /// </summary>
    private const int Roundings = 32;

    private const double Rounding = 1.0 / (1 << 24);

    /// <summary>Runs one case with every subset of tracked inputs, and with accumulation onto a gradient.</summary>
    public static DeviceCheckResult Run(string op, GradientCase test, Device cpu, Device device, ulong seed = 1)
    {
        var inputs = GradientCheck.Inputs(test, seed);
        foreach (var values in inputs) Round(values);
        var all = (1 << inputs.Length) - 1;
        var upstream = Upstream(test, cpu, inputs, seed);
        var result = new DeviceCheckResult(op, test.Name, 0, 0, Roundings * Rounding, "");
        for (var subset = 1; subset <= all; subset++)
        {
            foreach (var uses in (ReadOnlySpan<int>)(subset == all ? [1, 2] : [1]))
            {
                var exact = GradientCheck.Analytic(test, cpu, DType.F64, inputs, upstream, subset, uses);
                var single = GradientCheck.Analytic(test, cpu, DType.F32, inputs, upstream, subset, uses);
                var actual = GradientCheck.Analytic(test, device, DType.F32, inputs, upstream, subset, uses);
                result = Compare(result, exact.Output, single.Output, actual.Output, "output");
                for (var i = 0; i < inputs.Length; i++)
                    if (exact.Gradients[i] is { } gradient) result = Compare(result, gradient, single.Gradients[i]!, actual.Gradients[i]!, $"gradient of input {i}");
            }
        }

        return result;
    }

    private static double[] Upstream(GradientCase test, Device cpu, double[][] inputs, ulong seed)
    {
        using var scope = Scope.Enter();
        var x = new Tensor[inputs.Length];
        for (var i = 0; i < x.Length; i++) x[i] = Tensor.From<double>(inputs[i], test.Inputs[i], cpu);
        var upstream = GradientCheck.Normals((int)test.Function(new GradientContext(cpu, DType.F64), x).Count, seed, 1000);
        Round(upstream);
        return upstream;
    }

    private static DeviceCheckResult Compare(DeviceCheckResult result, double[] exact, double[] single, double[] actual, string what)
    {
        var scale = 1.0;
        foreach (var value in exact) scale = Math.Max(scale, 1 + Math.Abs(value));
        var (own, worst, at) = (0.0, 0.0, 0);
        for (var i = 0; i < exact.Length; i++)
        {
            own = Math.Max(own, Math.Abs(single[i] - exact[i]) / scale);
            var error = Math.Abs(actual[i] - exact[i]) / scale;
            if (double.IsNaN(error)) error = double.PositiveInfinity;
            if (error > worst) (worst, at) = (error, i);
        }

        var tolerance = 2 * own + Roundings * Rounding;
        result = result with { Checked = result.Checked + exact.Length };
        if (worst / tolerance <= result.WorstError / result.Tolerance) return result;
        var where = string.Create(CultureInfo.InvariantCulture, $"{what} element {at}: {actual[at]:G9}, in f64 {exact[at]:G9}");
        return result with { WorstError = worst, Tolerance = tolerance, Worst = where };
    }

    private static void Round(double[] values)
    {
        for (var i = 0; i < values.Length; i++) values[i] = (float)values[i];
    }
}
