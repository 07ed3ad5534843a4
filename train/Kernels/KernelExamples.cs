using SiaEngine.Ops;

namespace SiaEngine.Train.Kernels;

/// <summary>Examples that between them launch every kernel of <c>native/ptx</c>.</summary>
internal static class KernelExamples
{
    /// <summary>All examples for kernels of a dtype; inputs are rounded to it.</summary>
    public static IEnumerable<KernelExample> Of(DType dtype) => [.. Elementwise(dtype), .. Rows(dtype), .. Layout(dtype), .. Model(dtype), .. Optimizers(dtype)];

    private static IEnumerable<KernelExample> Elementwise(DType dtype)
    {
        yield return Op("add", "count", [4096], s => new("add", static (_, t) => Add.Apply(t[0], t[1]), [s[0]], [s[0]]));
        yield return Op("add", "count", [4096], s => new("add", static (_, t) => Add.Apply(t[0], t[1]), [s[0]], [s[0]]), uses: 2);
        yield return Trained("add", "count", [4096], s => [s[0]], (weight, _) => Add.Apply(weight, weight));
        yield return Op("scale", "count", [4096], s => new("scale", static (_, t) => Scale.Apply(t[0], -1.5), [s[0]]));
        yield return Op("relu_squared", "count", [4096], s => new("relu_squared", static (_, t) => ReluSquared.Apply(t[0]), [s[0]]));
        yield return Op("sum", "count", [10_000], s => new("sum", static (_, t) => Sum.Apply(t[0]), [s[0]]));
        foreach (var to in (DType[])[DType.F32, DType.BF16])
            yield return new("cast", "count", [4096], (device, compute, s) => Run(device, compute, s, (c, t) => Cast.Apply(t[0], compute == DType.F64 ? DType.F64 : to), dtype));
        foreach (var f in Enum.GetValues<UnaryFunction>())
            yield return Op("unary", "count", [4096], s => new(f.ToString(), (_, t) => Unary.Apply(f, t[0]), [s[0]]) { Scale = 0.3, Offset = 2 });
        foreach (var f in Enum.GetValues<BinaryFunction>())
        {
            yield return Op("binary", "count", [4096], s => new(f.ToString(), (_, t) => Binary.Apply(f, t[0], t[1]), [s[0]], [s[0]]) { Scale = 0.3, Offset = 2 });
            yield return Op("binary", "rows, columns", [32, 128], s => new(f.ToString(), (_, t) => Binary.Apply(f, t[0], t[1]), [s[0], s[1]], [s[1]]) { Scale = 0.3, Offset = 2 });
        }

        yield return Op("where", "rows, columns", [32, 128], s => new("where", (c, t) => Where.Apply(c.Indices([.. Enumerable.Range(0, s[0]).Select(i => i % 2)], [s[0], 1]), t[0], t[1]), [s[0], s[1]], [s[0], s[1]]));

        KernelExample Op(string file, string extents, int[] shape, Func<int[], GradientCase> make, int uses = 1) => KernelExample.Op(file, extents, shape, dtype, make, uses);

        KernelExample Trained(string file, string extents, int[] shape, Func<int[], Shape> weight, Func<Tensor, int[], Tensor> function) => OnParameter(file, extents, shape, dtype, weight, function);
    }

    private static IEnumerable<KernelExample> Rows(DType dtype)
    {
        yield return KernelExample.Op("rms_norm", "rows, columns", [64, 256], dtype, s => new("gain", static (_, t) => RmsNorm.Apply(t[0], t[1]), [s[0], s[1]], [s[1]]));
        yield return KernelExample.Op("rms_norm", "rows, columns", [64, 256], dtype, s => new("no gain", static (_, t) => RmsNorm.Apply(t[0]), [s[0], s[1]]));
        yield return KernelExample.Op("softmax", "rows, columns", [64, 256], dtype, s => new("softmax", static (_, t) => Softmax.Apply(t[0]), [s[0], s[1]]));
        foreach (var f in Enum.GetValues<ReduceFunction>())
        {
            foreach (var axis in (int[])[0, 1])
                yield return KernelExample.Op("reduce", "rows, columns", [64, 256], dtype, s => new(f.ToString(), (_, t) => Reduce.Apply(f, t[0], axis), [s[0], s[1]]));
        }

        yield return KernelExample.Op("cross_entropy", "rows, classes", [32, 500], dtype, s => new("rows", (c, t) => CrossEntropy.Apply(t[0], c.Indices([.. Enumerable.Range(0, s[0]).Select(i => i * 7 % s[1])], [s[0]])), [s[0], s[1]]));
        yield return KernelExample.Op("index_check", "rows, classes", [32, 500], dtype, s => new("rows", (c, t) => CrossEntropy.Apply(t[0], c.Indices([.. Enumerable.Range(0, s[0]).Select(i => i * 7 % s[1])], [s[0]])), [s[0], s[1]]));
    }

    private static IEnumerable<KernelExample> Layout(DType dtype)
    {
        yield return KernelExample.Op("transpose", "rows, columns", [96, 80], dtype, s => new("matrix", static (_, t) => Transpose.Apply(t[0], 0, 1), [s[0], s[1]]));
        yield return KernelExample.Op("transpose", "rows, columns", [96, 80], dtype, s => new("outer axes", static (_, t) => Transpose.Apply(t[0], 0, 1), [s[0], s[1], 8]));
        yield return KernelExample.Op("slice", "rows, columns", [64, 96], dtype, s => new("slice", (_, t) => Slice.Apply(t[0], 1, s[1] / 4, s[1] / 2), [s[0], s[1]]));
        yield return KernelExample.Op("gather", "rows, columns", [64, 96], dtype, s => new("gather", (c, t) => Gather.Apply(t[0], c.Indices([.. Enumerable.Range(0, s[0] * 5).Select(i => i * 11 % s[1])], [s[0], 5])), [s[0], s[1]]));
        yield return KernelExample.Op("embedding", "rows, columns, ids", [50, 64, 200], dtype, s => new("embedding", (c, t) => Embedding.Apply(t[0], c.Indices(Ids(s), [s[2]])), [s[0], s[1]]));
        yield return OnParameter("embedding", "rows, columns, ids", [50, 64, 200], dtype, s => [s[0], s[1]], (weight, s) => Embedding.Apply(weight, Tensor.From<int>(Ids(s), [s[2]], weight.Device)));

        static int[] Ids(int[] s) => [.. Enumerable.Range(0, s[2]).Select(i => (int)new Philox(5).Below((ulong)i, s[0]))];
    }

    private static IEnumerable<KernelExample> Model(DType dtype)
    {
        yield return KernelExample.Op("p_rope", "length, heads, head dimension", [40, 2, 32], dtype, s => new("norm", (c, t) => PRope.Apply(t[0], Frequencies(c, s[2]), s[1]), [1, s[0], 3 * s[1] * s[2]]));
        yield return KernelExample.Op("p_rope", "length, heads, head dimension", [40, 2, 32], dtype, s => new("no norm", (c, t) => PRope.Apply(t[0], Frequencies(c, s[2]), s[1], normalize: false), [1, s[0], 3 * s[1] * s[2]]));
        foreach (var file in (string[])["attention_forward", "attention_backward"])
        {
            foreach (var dim in (int[])[32, 16, 64, 128, 256])
            {
                yield return KernelExample.Op(file, "length, heads, head dimension", [96, 1, dim], dtype, s => new("sia", (c, t) => Attend(c, t[0], s[0], s[1], null), [1, s[0], 3 * s[1] * s[2]]));
                yield return KernelExample.Op(file, "length, heads, head dimension", [96, 1, dim], dtype, s => new("row scale", (c, t) => Attend(c, t[0], s[0], s[1], t[1]), [1, s[0], 3 * s[1] * s[2]], [s[1], s[0]]));
            }
        }

        yield return new("cached_attention", "length, heads, head dimension", [40, 2, 32], (device, compute, s) =>
        {
            using var scope = Scope.Enter();
            var context = new GradientContext(device, compute);
            using var cache = new KeyValueCache(1, s[0], s[1] * s[2], compute, device);
            var width = 3 * s[1] * s[2];
            var qkv = KernelExample.Values(s[0] * width, 3, dtype);
            var (a, m) = Tables(context, s[0]);
            var first = GradientContext.Make(qkv.AsSpan(0, (s[0] - 1) * width), [1, s[0] - 1, width], compute, device);
            var last = GradientContext.Make(qkv.AsSpan((s[0] - 1) * width), [1, 1, width], compute, device);
            return [GradientContext.Read(CachedAttention.Apply(first, s[1], a, m, cache)), GradientContext.Read(CachedAttention.Apply(last, s[1], a, m, cache))];
        });

        static Tensor Frequencies(GradientContext context, int dim) => context.Table([.. Enumerable.Range(0, dim / 2).Select(k => Math.Pow(1024, -2.0 * k / dim))], [dim / 2]);

        static (Tensor A, Tensor M) Tables(GradientContext context, int length) =>
            (context.Table([.. Enumerable.Range(0, length).Select(t => SiaEngine.Model.ScaleInvariance.Factor(t))], [1, length]), context.Table([.. Enumerable.Range(0, length).Select(t => SiaEngine.Model.ScaleInvariance.Shift(t))], [1, length]));

        static Tensor Attend(GradientContext context, Tensor qkv, int length, int heads, Tensor? rowScale)
        {
            var (a, m) = Tables(context, length);
            // A row scale is in the accumulator type.
            return Attention.Apply(qkv, heads, a, m, rowScale is { } r && r.DType != a.DType ? Cast.Apply(r, a.DType) : rowScale);
        }
    }

    private static IEnumerable<KernelExample> Optimizers(DType dtype)
    {
        yield return OnWeights("adamw", [64, 48], parameter => new AdamW([parameter], 0.01, weightDecay: 0.1));
        yield return OnWeights("muon", [64, 48], parameter => new Muon([parameter], 0.02));
        yield return new("gradient_norm", "rows, columns", [64, 300], (device, compute, s) =>
        {
            using var parameter = new Parameter("w", [s[0], s[1]], compute, device);
            Give(parameter, KernelExample.Values(s[0] * s[1], 1, dtype));
            return [[GradientNorm.Compute([parameter])]];
        });

        KernelExample OnWeights(string file, int[] shape, Func<Parameter, Optimizer> make) => new(file, "rows, columns", shape, (device, compute, s) =>
        {
            using var parameter = new Parameter("w", [s[0], s[1]], compute, device);
            parameter.Set(KernelExample.Values(s[0] * s[1], 0, dtype));
            using var optimizer = make(parameter);
            for (var step = 0; step < 2; step++)
            {
                Give(parameter, KernelExample.Values(s[0] * s[1], 1 + (ulong)step, dtype));
                optimizer.Step();
            }

            return [GradientContext.Read(parameter.Master), .. optimizer.State.Select(state => GradientContext.Read(state.Tensor))];
        });
    }

    /// <summary>Leaves a gradient in a parameter by the tape, as training does.</summary>
    private static void Give(Parameter parameter, double[] gradient)
    {
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        parameter.ClearGradient();
        tape.Backward(parameter.Value, GradientContext.Make(gradient, parameter.Shape, parameter.Value.DType, parameter.Value.Device));
    }

    /// <summary>A function of a trained weight, whose gradient is kept in f32 whatever the weight is.</summary>
    private static KernelExample OnParameter(string file, string extents, int[] shape, DType rounding, Func<int[], Shape> weight, Func<Tensor, int[], Tensor> function) => new(file, extents, shape, (device, compute, s) =>
    {
        using var parameter = new Parameter("w", weight(s), compute, device);
        parameter.Set(KernelExample.Values((int)parameter.Shape.Count, 0, rounding));
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var y = function(parameter.Value, s);
        tape.Backward(y, GradientContext.Make(KernelExample.Values((int)y.Count, 1000, rounding), y.Shape, y.DType, device));
        return [GradientContext.Read(y), GradientContext.Read(parameter.Gradient)];
    });

    private static IReadOnlyList<double[]> Run(Device device, DType compute, int[] s, GradientFunction function, DType rounding) =>
        KernelExample.Op("", "", s, rounding, size => new("cast", function, [size[0]])).Results(device, compute, s);
}
