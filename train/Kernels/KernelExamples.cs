using SiaEngine.Model;
using SiaEngine.Ops;

namespace SiaEngine.Train.Kernels;

/// <summary>Examples that between them launch every kernel of <c>native/ptx</c>.</summary>
internal static class KernelExamples
{
    /// <summary>All examples for kernels of a dtype; inputs are rounded to it. Conversions alone run in f64.</summary>
    public static IEnumerable<KernelExample> Of(DType dtype) => dtype == DType.F64 ? Casts(dtype) : [.. Casts(dtype), .. Elementwise(dtype), .. Rows(dtype), .. Layout(dtype), .. Model(dtype), .. Optimizers(dtype)];

    private static IEnumerable<KernelExample> Casts(DType dtype)
    {
        foreach (var to in (DType[])[DType.F32, DType.BF16, DType.F64])
            foreach (var example in Op("cast", "count", [4096], dtype, s => new("cast", (c, t) => Cast.Apply(t[0], c.Device is Cpu.CpuDevice ? DType.F64 : to), [s[0]]))) yield return example;
    }

    /// <summary>An op on tensors, and on trained parameters.</summary>
    private static KernelExample[] Op(string file, string extents, int[] shape, DType dtype, Func<int[], GradientCase> make) =>
        [KernelExample.Op(file, extents, shape, dtype, make), KernelExample.OnParameters(file, extents, shape, dtype, make)];

    private static IEnumerable<KernelExample> Elementwise(DType dtype) =>
    [
        .. Op("add", "count", [4096], dtype, s => new("add", static (_, t) => Add.Apply(t[0], t[1]), [s[0]], [s[0]])),
        // Twice the same tensor: the second gradient is accumulated.
        .. Op("add", "count", [4096], dtype, s => new("twice", static (_, t) => Add.Apply(t[0], t[0]), [s[0]])),
        KernelExample.Op("add", "count", [4096], dtype, s => new("add", static (_, t) => Add.Apply(t[0], t[1]), [s[0]], [s[0]]), uses: 2),
        .. Op("scale", "count", [4096], dtype, s => new("scale", static (_, t) => Scale.Apply(t[0], -1.5), [s[0]])),
        .. Op("relu_squared", "count", [4096], dtype, s => new("relu_squared", static (_, t) => ReluSquared.Apply(t[0]), [s[0]])),
        .. Op("sum", "count", [10_000], dtype, s => new("sum", static (_, t) => Sum.Apply(t[0]), [s[0]])),
        .. Enum.GetValues<UnaryFunction>().SelectMany(f => Op("unary", "count", [4096], dtype, s => new(f.ToString(), (_, t) => Unary.Apply(f, t[0]), [s[0]]) { Scale = 0.3, Offset = 2 })),
        .. Enum.GetValues<BinaryFunction>().SelectMany(f => (KernelExample[])
        [
            .. Op("binary", "count", [4096], dtype, s => new(f.ToString(), (_, t) => Binary.Apply(f, t[0], t[1]), [s[0]], [s[0]]) { Scale = 0.3, Offset = 2 }),
            .. Op("binary", "rows, columns", [32, 128], dtype, s => new(f.ToString(), (_, t) => Binary.Apply(f, t[0], t[1]), [s[0], s[1]], [s[1]]) { Scale = 0.3, Offset = 2 }),
        ]),
        .. Op("where", "rows, columns", [32, 128], dtype, s => new("where", (c, t) => Where.Apply(c.Indices([.. Enumerable.Range(0, s[0]).Select(i => i % 2)], [s[0], 1]), t[0], t[1]), [s[0], s[1]], [s[0], s[1]])),
    ];

    private static IEnumerable<KernelExample> Rows(DType dtype) =>
    [
        .. Op("rms_norm", "rows, columns", [64, 256], dtype, s => new("gain", static (_, t) => RmsNorm.Apply(t[0], t[1]), [s[0], s[1]], [s[1]])),
        .. Op("rms_norm", "rows, columns", [64, 256], dtype, s => new("no gain", static (_, t) => RmsNorm.Apply(t[0]), [s[0], s[1]])),
        .. Op("softmax", "rows, columns", [64, 256], dtype, s => new("softmax", static (_, t) => Softmax.Apply(t[0]), [s[0], s[1]])),
        .. Enum.GetValues<ReduceFunction>().SelectMany(f => ((int[])[0, 1]).SelectMany(axis => Op("reduce", "rows, columns", [64, 256], dtype, s => new(f.ToString(), (_, t) => Reduce.Apply(f, t[0], axis), [s[0], s[1]])))),
        .. ((string[])["cross_entropy", "index_check"]).SelectMany(file => Op(file, "rows, classes", [32, 500], dtype, s => new("rows", (c, t) => CrossEntropy.Apply(t[0], c.Indices([.. Enumerable.Range(0, s[0]).Select(i => i * 7 % s[1])], [s[0]])), [s[0], s[1]]))),
    ];

    private static IEnumerable<KernelExample> Layout(DType dtype) =>
    [
        .. Op("transpose", "rows, columns", [96, 80], dtype, s => new("matrix", static (_, t) => Transpose.Apply(t[0], 0, 1), [s[0], s[1]])),
        .. Op("transpose", "rows, columns", [96, 80], dtype, s => new("outer axes", static (_, t) => Transpose.Apply(t[0], 0, 1), [s[0], s[1], 8])),
        .. Op("slice", "rows, columns", [64, 96], dtype, s => new("slice", (_, t) => Slice.Apply(t[0], 1, s[1] / 4, s[1] / 2), [s[0], s[1]])),
        .. Op("gather", "rows, columns", [64, 96], dtype, s => new("gather", (c, t) => Gather.Apply(t[0], c.Indices([.. Enumerable.Range(0, s[0] * 5).Select(i => i * 11 % s[1])], [s[0], 5])), [s[0], s[1]])),
        .. Op("embedding", "rows, columns, ids", [50, 64, 200], dtype, s => new("embedding", (c, t) => Embedding.Apply(t[0], c.Indices([.. Enumerable.Range(0, s[2]).Select(i => (int)new Philox(5).Below((ulong)i, s[0]))], [s[2]])), [s[0], s[1]])),
    ];

    private const string Extents = "length, heads, head dimension";

    private static IEnumerable<KernelExample> Model(DType dtype)
    {
        return
        [
            .. Op("p_rope", Extents, [40, 2, 32], dtype, s => new("norm", (c, t) => PRope.Apply(t[0], Frequencies(c, s[2]), s[1]), [1, s[0], 3 * s[1] * s[2]])),
            .. Op("p_rope", Extents, [40, 2, 32], dtype, s => new("no norm", (c, t) => PRope.Apply(t[0], Frequencies(c, s[2]), s[1], normalize: false), [1, s[0], 3 * s[1] * s[2]])),
            .. ScalarHeadDims(dtype).SelectMany(dim => ((string[])["attention_forward", "attention_backward"]).SelectMany(file => Attentions(file, 96, dim, dtype))),
            .. MmaHeadDims(dtype).SelectMany(dim => ((string[])["attention_forward_mma", "attention_backward_mma"]).SelectMany(file => Attentions(file, 192, dim, dtype))),
            .. HeadDims.SelectMany(dim => Op("attention_tables", Extents, [96, 1, dim], dtype, s => new("trained tables", (_, t) => Attend(t[0], s, t[1], t[2]), [1, s[0], 3 * s[1] * s[2]], [s[1], s[0]], [1, s[0]]))),
            .. HeadDims.Select(dim => new KernelExample("cached_attention", Extents, [40, 2, dim], (device, compute, s) => Decode(device, compute, s, dtype))),
        ];
    }

    private static IEnumerable<KernelExample> Attentions(string file, int length, int dim, DType dtype) =>
    [
        .. Op(file, Extents, [length, 1, dim], dtype, s => new("sia", (c, t) => Attend(c, t[0], s, null), [1, s[0], 3 * s[1] * s[2]])),
        .. Op(file, Extents, [length, 1, dim], dtype, s => new("row scale", (c, t) => Attend(c, t[0], s, t[1]), [1, s[0], 3 * s[1] * s[2]], [s[1], s[0]])),
    ];

    private static readonly int[] HeadDims = [32, 16, 64, 128, 256];

    /// <summary>Heads of whole chunks of 16 bytes go to tensor cores in bf16.</summary>
    private static int[] ScalarHeadDims(DType dtype) => dtype == DType.BF16 ? [28, 12, 60, 100, 256] : HeadDims;

    private static int[] MmaHeadDims(DType dtype) => dtype == DType.BF16 ? [64, 128] : [];

    private static Tensor Frequencies(GradientContext context, int dim) => context.Table([.. Enumerable.Range(0, dim / 2).Select(k => Math.Pow(1024, -2.0 * k / dim))], [dim / 2]);

    private static (Tensor A, Tensor M) Tables(GradientContext context, int length) =>
        (context.Table([.. Enumerable.Range(0, length).Select(t => ScaleInvariance.Factor(t))], [1, length]), context.Table([.. Enumerable.Range(0, length).Select(t => ScaleInvariance.Shift(t))], [1, length]));

    private static Tensor Attend(GradientContext context, Tensor qkv, int[] s, Tensor? rowScale)
    {
        var (a, m) = Tables(context, s[0]);
        // A quarter: the mean that a softmax's gradient subtracts comes from rounded outputs, and large row scales would multiply its error.
        return Attention.Apply(qkv, s[1], a, m, rowScale is { } r ? Scale.Apply(Accumulated(r), 0.25) : null);
    }

    private static Tensor Attend(Tensor qkv, int[] s, Tensor a, Tensor m) => Attention.Apply(qkv, s[1], Accumulated(a), Accumulated(m));

    /// <summary>Row scales and tables are in the accumulator type.</summary>
    private static Tensor Accumulated(Tensor table) => table.DType == table.DType.Accumulator ? table : Cast.Apply(table, table.DType.Accumulator);

    /// <summary>All positions but the last at once, then the last alone.</summary>
    private static IReadOnlyList<double[]> Decode(Device device, DType compute, int[] s, DType rounding)
    {
        using var scope = Scope.Enter();
        using var cache = new KeyValueCache(1, s[0], s[1] * s[2], compute, device);
        var (width, (a, m)) = (3 * s[1] * s[2], Tables(new GradientContext(device, compute), s[0]));
        var qkv = KernelExample.Values(s[0] * width, 3, rounding);
        var first = GradientContext.Make(qkv.AsSpan(0, (s[0] - 1) * width), [1, s[0] - 1, width], compute, device);
        var last = GradientContext.Make(qkv.AsSpan((s[0] - 1) * width), [1, 1, width], compute, device);
        return [GradientContext.Read(CachedAttention.Apply(first, s[1], a, m, cache)), GradientContext.Read(CachedAttention.Apply(last, s[1], a, m, cache))];
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
}
