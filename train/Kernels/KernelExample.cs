namespace SiaEngine.Train.Kernels;

/// <summary>A small computation that launches kernels of one PTX file, and whose results can be compared between devices.</summary>
/// <param name="File">PTX file, as in <c>rms_norm</c> or <c>ladder/gemm_1_naive</c>.</param>
/// <param name="Extents">What the numbers of a shape mean, as in <c>rows, columns</c>.</param>
/// <param name="Shape">Shape it runs at when none is given.</param>
/// <param name="Results">Computes all results on a device in a dtype at a shape; the CPU in f64 is the reference.</param>
internal sealed record KernelExample(string File, string Extents, int[] Shape, Func<Device, DType, int[], IReadOnlyList<double[]>> Results)
{
    /// <summary>Forward and backward of an op: its output and the gradients of all inputs, rounded to the dtype that is tested before they go in.</summary>
    public static KernelExample Op(string file, string extents, int[] shape, DType rounding, Func<int[], GradientCase> make, int uses = 1) => new(file, extents, shape, (device, dtype, size) =>
    {
        var test = make(size);
        var inputs = GradientCheck.Inputs(test, 1);
        foreach (var values in inputs) Round(values, rounding);
        using var scope = Scope.Enter();
        var upstream = Upstream(test, device, dtype, inputs, rounding);
        var (output, gradients) = GradientCheck.Analytic(test, device, dtype, inputs, upstream, (1 << inputs.Length) - 1, uses);
        return [output, .. gradients.Select(gradient => gradient!)];
    });

    /// <summary>The same with the inputs as trained parameters, whose gradients are kept in f32 whatever the values are.</summary>
    public static KernelExample OnParameters(string file, string extents, int[] shape, DType rounding, Func<int[], GradientCase> make) => new(file, extents, shape, (device, dtype, size) =>
    {
        var test = make(size);
        var parameters = test.Inputs.Select((input, i) => new Parameter($"input {i}", input, dtype, device)).ToArray();
        try
        {
            var inputs = GradientCheck.Inputs(test, 1);
            for (var i = 0; i < inputs.Length; i++)
            {
                Round(inputs[i], rounding);
                parameters[i].Set(inputs[i]);
            }

            using var scope = Scope.Enter();
            using var tape = Tape.Start();
            var y = test.Function(new GradientContext(device, dtype), Array.ConvertAll(parameters, parameter => parameter.Value));
            tape.Backward(y, GradientContext.Make(Values(checked((int)y.Count), 1000, rounding), y.Shape, y.DType, device));
            return [GradientContext.Read(y), .. parameters.Select(parameter => GradientContext.Read(parameter.Gradient))];
        }
        finally
        {
            foreach (var parameter in parameters) parameter.Dispose();
        }
    });

    /// <summary>Random values rounded to a dtype.</summary>
    public static double[] Values(int count, ulong stream, DType rounding)
    {
        var values = GradientCheck.Normals(count, 1, stream);
        Round(values, rounding);
        return values;
    }

    private static double[] Upstream(GradientCase test, Device device, DType dtype, double[][] inputs, DType rounding)
    {
        var context = new GradientContext(device, dtype);
        var x = inputs.Select((values, i) => GradientContext.Make(values, test.Inputs[i], dtype, device)).ToArray();
        return Values(checked((int)test.Function(context, x).Count), 1000, rounding);
    }

    private static void Round(double[] values, DType rounding)
    {
        for (var i = 0; i < values.Length; i++) values[i] = rounding == DType.BF16 ? (float)(BFloat16)(float)values[i] : (float)values[i];
    }
}
