using SiaEngine.Cpu;
using SiaEngine.Model;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Model;

public class GptTests
{
    private static readonly GptConfig Tiny = new() { Layers = 2, Width = 12, Heads = 2, Vocabulary = 11, Context = 7 };

    public static TheoryData<string> Methods => [.. AttentionMethod.All.Select(method => method.Name)];

    [Theory]
    [InlineData(12, 768, 6, 162_201_600)]
    [InlineData(16, 1024, 8, 304_349_184)]
    public void Has_the_papers_parameter_counts(int layers, int width, int heads, long parameters) =>
        Assert.Equal(parameters, new GptConfig { Layers = layers, Width = width, Heads = heads, Vocabulary = 50_304, Context = 4096 }.Parameters);

    [Fact]
    public void Counts_the_weights_it_has()
    {
        using var cpu = new CpuDevice();
        using var model = new Gpt(Tiny, cpu, 1);
        Assert.Equal(Tiny.Parameters, model.Parameters.Weights);
    }

    [Fact]
    public void Starts_at_the_loss_of_guessing()
    {
        using var cpu = new CpuDevice();
        using var model = new Gpt(new GptConfig { Layers = 1, Width = 16, Heads = 2, Vocabulary = 50_304, Context = 8 }, cpu, 1);
        using var scope = Scope.Enter();
        var losses = model.Losses(Tensor.From<int>([5, 50_303, 7, 0], [1, 4], cpu), Tensor.From<int>([1, 2, 3, 50_303], [1, 4], cpu)).ToArray<float>();
        Assert.All(losses, loss => Assert.Equal(10.8258, loss, 1e-4));
    }

    [Theory, MemberData(nameof(Methods))]
    public void Equals_the_naive_model_within_and_beyond_the_training_context(string method)
    {
        using var cpu = new CpuDevice();
        using var model = Random(Tiny with { Attention = method }, cpu, DType.F64);
        var naive = new NaiveGpt(model.Config, name => model.Parameters[name].Master.ToArray<double>());
        foreach (var length in (int[])[1, 7, 30])
        {
            using var scope = Scope.Enter();
            var tokens = Tokens(length, 3);
            var logits = model.Logits(model.Hidden(Tensor.From<int>(tokens, [1, length], cpu))).ToArray<double>();
            var expected = naive.Logits(tokens);
            for (var i = 0; i < logits.Length; i++) Assert.Equal(expected[i / 11][i % 11], logits[i], 10);
        }
    }

    [Theory, MemberData(nameof(Methods))]
    public void Gradients_equal_central_differences_of_the_naive_model(string method)
    {
        const double Step = 1e-5;
        using var cpu = new CpuDevice();
        using var model = Random(Tiny with { Attention = method }, cpu, DType.F64);
        int[] tokens = Tokens(7, 5), targets = Tokens(7, 6);
        using (Scope.Enter())
        {
            using var tape = Tape.Start();
            var losses = model.Losses(Tensor.From<int>(tokens, [1, 7], cpu), Tensor.From<int>(targets, [1, 7], cpu));
            tape.Backward(Scale.Apply(Sum.Apply(losses), 1.0 / 7));
        }

        var weights = model.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Master.ToArray<double>());
        var naive = new NaiveGpt(model.Config, name => weights[name]);
        foreach (var parameter in model.Parameters)
        {
            var gradient = parameter.Gradient.ToArray<double>();
            var random = new Philox(17, (ulong)gradient.Length);
            for (var sample = 0; sample < 6; sample++)
            {
                var i = (int)random.Below((ulong)sample, gradient.Length);
                var (array, value) = (weights[parameter.Name], weights[parameter.Name][i]);
                array[i] = value + Step;
                var up = naive.Loss(tokens, targets);
                array[i] = value - Step;
                var numeric = (up - naive.Loss(tokens, targets)) / (2 * Step);
                array[i] = value;
                Assert.True(Math.Abs(gradient[i] - numeric) <= 1e-7 * (1 + Math.Abs(numeric)), $"{method} {parameter.Name}[{i}]: backward {gradient[i]}, difference {numeric}");
            }
        }
    }

    [Theory, MemberData(nameof(Methods))]
    public void Decoding_with_a_cache_equals_the_full_forward_pass(string method)
    {
        using var cpu = new CpuDevice();
        using var model = Random(new GptConfig { Layers = 2, Width = 32, Heads = 2, Vocabulary = 40, Context = 16, Attention = method }, cpu, DType.F32);
        int[] tokens = [.. Tokens(50, 8).Select(t => t * 3)];
        using var scope = Scope.Enter();
        var full = model.Logits(model.Hidden(Tensor.From<int>(tokens, [1, 50], cpu))).ToArray<float>();
        using var decoder = new Decoder(model, 50);
        for (var t = 9; t < 50; t++)
        {
            var logits = decoder.Append(t == 9 ? tokens.AsSpan(0, 10) : tokens.AsSpan(t, 1)).ToArray<float>();
            for (var v = 0; v < 40; v++) Assert.Equal(full[t * 40 + v], logits[v], 1e-4);
        }
    }

    [Fact]
    public void Checkpointing_changes_no_bit_and_keeps_less()
    {
        var config = new GptConfig { Layers = 3, Width = 32, Heads = 2, Vocabulary = 40, Context = 32 };
        using var plain = new CpuDevice();
        using var saving = new CpuDevice();
        Assert.Equal(Gradients(config, plain), Gradients(config with { Checkpointing = true }, saving));
        Assert.True(saving.Pool.PeakBytes < plain.Pool.PeakBytes, $"{saving.Pool.PeakBytes} with, {plain.Pool.PeakBytes} without");

        static float[] Gradients(GptConfig config, CpuDevice cpu)
        {
            using var model = Random(config, cpu, DType.F32);
            cpu.Pool.ResetPeak();
            Step(model, 4, 32);
            return [.. model.Parameters.SelectMany(parameter => parameter.Gradient.ToArray<float>())];
        }
    }

    [Fact]
    public void Evaluation_in_chunks_equals_training_losses()
    {
        using var cpu = new CpuDevice();
        using var model = Random(Tiny, cpu, DType.F64);
        using var scope = Scope.Enter();
        var (inputs, targets) = (Tensor.From<int>(Tokens(28, 1), [4, 7], cpu), Tensor.From<int>(Tokens(28, 2), [4, 7], cpu));
        Assert.Equal(model.Losses(inputs, targets).ToArray<double>(), model.EvaluationLosses(inputs, targets, rows: 5).ToArray<double>());
    }

    [Fact]
    public void Later_tokens_do_not_change_earlier_logits()
    {
        using var cpu = new CpuDevice();
        using var model = Random(Tiny, cpu, DType.F32);
        using var scope = Scope.Enter();
        int[] tokens = Tokens(20, 4), changed = [.. tokens];
        changed[15] = (changed[15] + 1) % 11;
        var before = model.Logits(model.Hidden(Tensor.From<int>(tokens, [1, 20], cpu))).ToArray<float>();
        var after = model.Logits(model.Hidden(Tensor.From<int>(changed, [1, 20], cpu))).ToArray<float>();
        Assert.Equal(before.Take(15 * 11), after.Take(15 * 11));
        Assert.NotEqual(before.Skip(15 * 11), after.Skip(15 * 11));
    }

    [Fact]
    public void A_training_step_allocates_nothing_and_live_memory_comes_back()
    {
        using var cpu = new CpuDevice();
        using var model = Random(Tiny with { Width = 32 }, cpu, DType.F32);
        var ids = new int[14];
        var matrices = model.Parameters.Where(parameter => parameter.Name.StartsWith("blocks.", StringComparison.Ordinal)).ToArray();
        using var muon = new Muon(matrices, 0.02);
        using var adam = new AdamW([model.Parameters["wte.weight"], model.Parameters["head.weight"]], 0.01);
        for (var i = 0; i < 3; i++) Once();
        var (live, allocated) = (cpu.Pool.LiveBytes, GC.GetAllocatedBytesForCurrentThread());
        for (var i = 0; i < 5; i++) Once();
        Assert.Equal(allocated, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(live, cpu.Pool.LiveBytes);

        void Once()
        {
            using var scope = Scope.Enter();
            using var tape = Tape.Start();
            model.Parameters.ClearGradients();
            var tokens = Tensor.From<int>(ids, [2, 7], cpu);
            tape.Backward(Scale.Apply(Sum.Apply(model.Losses(tokens, tokens)), 1.0 / 14));
            var norm = GradientNorm.Compute(model.Parameters.Span);
            muon.Step(1, GradientNorm.ClipFactor(norm, 1));
            adam.Step();
        }
    }

    [Theory]
    [InlineData(0, 12, 2, "model: layers must be at least 1, not 0")]
    [InlineData(1, 12, 5, "model: width 12 must be a multiple of 2 · heads (5)")]
    public void Impossible_shapes_are_refused(int layers, int width, int heads, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => new GptConfig { Layers = layers, Width = width, Heads = heads, Vocabulary = 5, Context = 5 }.Validate()).Message);

    /// <summary>A model whose zero-initialised matrices are random too, so that every path carries a gradient.</summary>
    internal static Gpt Random(GptConfig config, Device device, DType compute)
    {
        var model = new Gpt(config, device, 3, compute);
        for (var i = 0; i < model.Parameters.Count; i++)
        {
            var parameter = model.Parameters[i];
            var values = GradientCheck.Normals((int)parameter.Shape.Count, 29, (ulong)i);
            parameter.Set(Array.ConvertAll(values, v => v / Math.Sqrt(parameter.Shape.Last)));
        }

        return model;
    }

    private static void Step(Gpt model, int rows, int context)
    {
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var tokens = Tensor.From<int>(Tokens(rows * context, 9), [rows, context], model.Device);
        tape.Backward(Sum.Apply(model.Losses(tokens, tokens)));
    }

    private static int[] Tokens(int count, ulong seed) => [.. Enumerable.Range(0, count).Select(i => (int)new Philox(seed).Below((ulong)i, 11))];
}
