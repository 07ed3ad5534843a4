using System.Globalization;

namespace SiaEngine;

/// <summary>
/// Checks an op's backward against central differences in float64: with a random upstream gradient g and L = Σ g · f(x),
/// dL/dxᵢ ≈ (L(xᵢ + h) − L(xᵢ − h)) / 2h, h = 1e-5. The error of one element is |analytic − numeric| / (1 + |numeric|).
/// </summary>
public static class GradientCheck
{
    /// <summary>Largest error a correct backward shows.</summary>
    public const double Tolerance = 1e-7;

    private const double Step = 1e-5;

    /// <summary>Runs one case on the CPU in f64: gradients of all inputs, of every subset of inputs, and accumulation onto a gradient (β = 1).</summary>
    public static GradientCheckResult Run(string op, GradientCase test, Device cpu, ulong seed = 1)
    {
        var inputs = Inputs(test, seed);
        var numeric = new double[inputs.Length][];
        double[] upstream = [];
        using (Scope.Enter())
        {
            var y = Evaluate(test, cpu, inputs);
            upstream = Normals(y.Length, seed, 1000);
        }

        for (var i = 0; i < inputs.Length; i++) numeric[i] = Numeric(test, cpu, inputs, i, upstream);

        var result = new GradientCheckResult(op, test.Name, 0, 0, "");
        var all = (1 << inputs.Length) - 1;
        for (var subset = 1; subset <= all; subset++)
        {
            foreach (var uses in (ReadOnlySpan<int>)(subset == all ? [1, 2] : [1]))
                result = Compare(result, numeric, Analytic(test, cpu, DType.F64, inputs, upstream, subset, uses).Gradients, uses);
        }

        return result;
    }

    /// <summary>Random inputs of a case, the same on every call with one seed.</summary>
    public static double[][] Inputs(GradientCase test, ulong seed)
    {
        var inputs = new double[test.Inputs.Count][];
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i] = Normals((int)test.Inputs[i].Count, seed, (ulong)i);
            for (var j = 0; j < inputs[i].Length; j++) inputs[i][j] = inputs[i][j] * test.Scale + test.Offset;
        }

        return inputs;
    }

    /// <summary>Standard normals keyed by (seed, stream).</summary>
    public static double[] Normals(int count, ulong seed, ulong stream)
    {
        var random = new Philox(seed, stream);
        var values = new double[count];
        for (var i = 0; i < count; i++) values[i] = random.Normal((ulong)i);
        return values;
    }

    /// <summary>
    /// Output and gradients by the tape on any device and dtype. Bit i of <paramref name="subset"/> tracks input i; with <paramref name="uses"/> = 2 the
    /// op is applied twice to the same inputs, so that every gradient is added to. Untracked inputs have a null gradient.
    /// </summary>
    public static (double[] Output, double[]?[] Gradients) Analytic(GradientCase test, Device device, DType dtype, double[][] inputs, double[] upstream,
        int subset, int uses = 1)
    {
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var context = new GradientContext(device, dtype);
        var x = new Tensor[inputs.Length];
        for (var i = 0; i < x.Length; i++)
        {
            x[i] = GradientContext.Make(inputs[i], test.Inputs[i], IsTable(test, i) ? dtype.Accumulator : dtype, device);
            if ((subset >> i & 1) != 0) x[i].Track();
        }

        var y = test.Function(context, x);
        var output = GradientContext.Read(y);
        var dy = GradientContext.Make(upstream, y.Shape, y.DType, device);
        if (uses == 2) (y, dy) = Twice(y, test.Function(context, x), dy);
        tape.Backward(y, dy);
        var gradients = new double[]?[x.Length];
        for (var i = 0; i < x.Length; i++)
        {
            if (!x[i].IsTracked) continue;
            gradients[i] = x[i].Gradient is { } gradient ? GradientContext.Read(gradient) : new double[inputs[i].Length];
        }

        return (output, gradients);
    }

    private static bool IsTable(GradientCase test, int input)
    {
        foreach (var table in test.Tables)
            if (table == input) return true;
        return false;
    }

    private static (Tensor Y, Tensor Dy) Twice(Tensor first, Tensor second, Tensor dy) => (Ops.Add.Apply(first, second), dy);

    private static double[] Evaluate(GradientCase test, Device device, double[][] inputs)
    {
        using var scope = Scope.Enter();
        var x = new Tensor[inputs.Length];
        for (var i = 0; i < x.Length; i++) x[i] = Tensor.From<double>(inputs[i], test.Inputs[i], device);
        return test.Function(new GradientContext(device, DType.F64), x).ToArray<double>();
    }

    private static double[] Numeric(GradientCase test, Device device, double[][] inputs, int input, double[] upstream)
    {
        var values = inputs[input];
        var gradient = new double[values.Length];
        for (var j = 0; j < values.Length; j++)
        {
            var x = values[j];
            values[j] = x + Step;
            var up = Evaluate(test, device, inputs);
            values[j] = x - Step;
            var down = Evaluate(test, device, inputs);
            values[j] = x;
            var sum = 0.0;
            for (var k = 0; k < up.Length; k++) sum += upstream[k] * (up[k] - down[k]);
            gradient[j] = sum / ((x + Step) - (x - Step));
        }

        return gradient;
    }

    private static GradientCheckResult Compare(GradientCheckResult result, double[][] numeric, double[]?[] analytic, int uses)
    {
        for (var i = 0; i < numeric.Length; i++)
        {
            if (analytic[i] is not { } gradient) continue;
            for (var j = 0; j < gradient.Length; j++)
            {
                var (a, n) = (gradient[j] / uses, numeric[i][j]);
                var error = Math.Abs(a - n) / (1 + Math.Abs(n));
                if (double.IsNaN(error)) error = double.PositiveInfinity;
                result = result with { Checked = result.Checked + 1 };
                if (error <= result.WorstError) continue;
                var where = string.Create(CultureInfo.InvariantCulture, $"input {i} element {j}: backward {a:G9}, central difference {n:G9}");
                result = result with { WorstError = error, Worst = where };
            }
        }

        return result;
    }
}
