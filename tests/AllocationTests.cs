using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests;

/// <summary>Forward and backward of every op allocate nothing on the managed heap once warm, and leave no tensor behind.</summary>
public class AllocationTests
{
    private static readonly Dictionary<string, Func<Inputs, Tensor>> Steps = new()
    {
        [Add.Id] = static t => Add.Apply(t.A.Value, t.B.Value),
        [Cast.Id] = static t => Cast.Apply(Cast.Apply(t.A.Value, DType.F64), DType.F32),
        [CrossEntropy.Id] = static t =>
        {
            using var scope = Scope.Enter();
            return scope.Keep(CrossEntropy.Apply(Scale.Apply(t.A.Value, 2), t.Ids.As([24])));
        },
        [Embedding.Id] = static t => Embedding.Apply(t.A.Value, t.Ids),
        [ReluSquared.Id] = static t => ReluSquared.Apply(t.A.Value),
        [Reshape.Id] = static t => Reshape.Apply(t.A.Value, [15, 24]),
        [RmsNorm.Id] = static t => RmsNorm.Apply(t.A.Value, t.Gain.Value),
        [Scale.Id] = static t => Scale.Apply(t.A.Value, 3),
        [Sum.Id] = static t => Sum.Apply(t.A.Value),
        [Unary.Id] = static t => Unary.Gelu(Unary.Exp(t.A.Value)),
        [Binary.Id] = static t => Binary.Maximum(Binary.Divide(t.A.Value, t.Gain.Value), Binary.Subtract(t.B.Value, t.Gain.Value)),
        [Reduce.Id] = static t => Reduce.Max(Reduce.Mean(t.A.Value, 0), 0),
        [Softmax.Id] = static t => Softmax.Apply(t.A.Value),
        [Transpose.Id] = static t => Transpose.Apply(t.A.Value),
        [Slice.Id] = static t => Slice.Apply(t.A.Value, 1, 2, 3),
        [Concat.Id] = static t => Concat.Apply(t.A.Value, t.B.Value, 0),
        [Gather.Id] = static t => Gather.Apply(t.A.Value, t.Ids.As([24, 1])),
        [LinearCrossEntropy.Id] = static t => LinearCrossEntropy.Apply(t.A.Value, t.B.Value, t.Ids.As([24]), 0.5, rows: 7),
        [Linear.Id] = static t => Linear.Apply(t.A.Value, t.B.Value),
        [MatMul.Id] = static t => MatMul.Apply(t.A.Value, t.B.Value, transposeA: true),
        [PRope.Id] = static t => PRope.Apply(t.Qkv.Value, t.Frequencies, 2),
        [Attention.Id] = static t => Attention.Apply(t.Qkv.Value, 2, t.Table, t.Table),
        [Checkpoint.Id] = static t => Checkpoint.Apply(t, t.A.Value),
        [Where.Id] = static t => Where.Apply(t.Ids.As([24, 1]), t.A.Value, t.B.Value),
    };

    public static TheoryData<string> Ops => [.. GradientCatalog.Ops.Select(op => op.Id)];

    [Theory, MemberData(nameof(Ops))]
    public void A_step_allocates_nothing(string op)
    {
        using var cpu = new CpuDevice();
        using var inputs = new Inputs(cpu);
        Assert.True(Steps.ContainsKey(op), $"{op} has no step here");
        var step = Steps[op];
        for (var i = 0; i < 5; i++) Run(step, inputs);
        var live = cpu.Pool.LiveBytes;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++) Run(step, inputs);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(live, cpu.Pool.LiveBytes);
        Assert.True(inputs.A.HasGradient || inputs.Qkv.HasGradient);
    }

    private static void Run(Func<Inputs, Tensor> step, Inputs inputs)
    {
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        inputs.A.ClearGradient();
        inputs.Qkv.ClearGradient();
        var y = step(inputs);
        tape.Backward(y, y.Detach());
    }

    /// <summary>Two f32 tensors [24, 15], a gain [15], ids [6, 4] and what attention with two heads of 6 over 5 positions needs.</summary>
    private sealed class Inputs : IDisposable, ICheckpointed
    {
        public Inputs(CpuDevice cpu)
        {
            (A, B, Gain, Qkv) = (Make(cpu, "a", [24, 15]), Make(cpu, "b", [24, 15]), Make(cpu, "gain", [15]), Make(cpu, "qkv", [2, 5, 36]));
            (Frequencies, Table) = (Tensor.Persistent([3], DType.F32, cpu), Tensor.Persistent([1, 5], DType.F32, cpu));
            Frequencies.Span<float>().Fill(0.5f);
            Table.Span<float>().Fill(1);
            Ids = Tensor.Persistent([6, 4], DType.I32, cpu);
            for (var i = 0; i < 24; i++) Ids.Span<int>()[i] = i % 15;
        }

        public Parameter A { get; }

        public Parameter B { get; }

        public Parameter Gain { get; }

        public Parameter Qkv { get; }

        public Tensor Ids { get; }

        public Tensor Frequencies { get; }

        public Tensor Table { get; }

        public Tensor Forward(Tensor x) => RmsNorm.Apply(RmsNorm.Apply(x), Gain.Value);

        public void Dispose()
        {
            A.Dispose();
            B.Dispose();
            Gain.Dispose();
            Qkv.Dispose();
            Ids.Release();
            Frequencies.Release();
            Table.Release();
        }

        private static Parameter Make(CpuDevice cpu, string name, Shape shape)
        {
            var parameter = new Parameter(name, shape, DType.F32, cpu);
            for (var i = 0; i < shape.Count; i++) parameter.Value.Span<float>()[i] = (float)new Philox(1).Normal((ulong)i);
            return parameter;
        }
    }
}
