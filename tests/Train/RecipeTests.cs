using SiaEngine.Cpu;
using SiaEngine.Tests.Train.Data;
using SiaEngine.Train;
using SiaEngine.Train.Data;

namespace SiaEngine.Tests.Train;

/// <summary>The paper's two recipes (arXiv:2505.17083 G.1), its validation protocol and which optimizer trains what.</summary>
public class RecipeTests
{
    [Theory]
    [InlineData("gpt-162m", 162_201_600, 4578, 524_288, 128, 2_400_190_464, 0.02, 125)]
    [InlineData("gpt-304m", 304_349_184, 10_900, 917_504, 224, 10_000_793_600, 0.015, 250)]
    public void Presets_are_the_papers_runs(string preset, long parameters, int steps, int batch, int sequences, long tokens, double muon, int evaluateEvery)
    {
        var config = Presets.Find(preset).Validate();
        Assert.Equal(parameters, config.Model(50_304).Parameters);
        Assert.Equal(128, config.Width / config.Heads);
        Assert.Equal((steps, batch, sequences, evaluateEvery), (config.Steps, config.BatchTokens, config.BatchTokens / config.Context, config.EvalEvery));
        Assert.Equal(tokens, (long)config.Steps * config.BatchTokens);
        Assert.Equal((muon, 0.3, 0.002, 0.0, 0.0), (config.MuonRate, config.EmbeddingRate, config.HeadRate, config.WeightDecay, config.ClipNorm));
        Assert.Equal(("muon", true, 10_485_760), (config.Optimizer, config.SequentialData, config.EvalTokens));
        // 2560, 640 and 160 validation sequences.
        Assert.Equal([4096, 16_384, 65_536], config.Contexts);
        Assert.All(config.Contexts, context => Assert.Equal(0, config.EvalTokens % context));
    }

    [Fact]
    public void Shards_of_100M_tokens_hold_1525_micro_batches_and_the_162M_run_needs_25()
    {
        var config = Presets.Find("gpt-162m");
        var perShard = (100_000_000 - 1) / config.MicroBatchTokens;
        var needed = (long)config.Steps * (config.BatchTokens / config.MicroBatchTokens);
        Assert.Equal((1525, 36_624, 25), (perShard, needed, (needed + perShard - 1) / perShard));
    }

    [Fact]
    public void Schedules_are_the_papers()
    {
        var linear = LearningRate.Of(Presets.Find("gpt-162m"));
        Assert.Equal((1.0, 1.0, 1.0), (linear(0), linear(3269), linear(3270)));
        for (var step = 3270; step < 4578; step++) Assert.Equal((4578 - step) / 1308.0, linear(step), 15);
        var cosine = LearningRate.Of(Presets.Find("gpt-304m"));
        for (var step = 0; step < 10_900; step += 109) Assert.Equal(0.5 * (1 + Math.Cos(Math.PI * step / 10_900)), cosine(step), 15);
        Assert.Equal(1, cosine(0));
    }

    [Fact]
    public void Muon_trains_the_matrices_of_blocks_and_adam_the_rest_each_at_its_rate()
    {
        using var run = new SmallRun();
        using var cpu = new CpuDevice();
        using var trainer = new Trainer(run.Config with { Attention = "logn-rope" }, run.Data(), cpu);
        Assert.Equal([0.02, 0.3, 0.002], trainer.Optimizers.Select(optimizer => optimizer.LearningRate));
        Assert.All(trainer.Optimizers[0].Parameters, parameter => Assert.Matches(@"^blocks\.\d+\.(attn|mlp)\.\w+\.weight$", parameter.Name));
        Assert.Equal(["wte.weight"], trainer.Optimizers[1].Parameters.Select(parameter => parameter.Name));
        Assert.Equal(["blocks.0.attn.scale", "blocks.1.attn.scale", "head.weight"], trainer.Optimizers[2].Parameters.Select(parameter => parameter.Name).Order(StringComparer.Ordinal));

        // The head starts at zero: Adam's first step moves each of its weights by its rate, and nothing else has a gradient yet.
        trainer.Step();
        Assert.All(trainer.Model.Parameters["head.weight"].Master.ToArray<float>(), w => Assert.True(w == 0 || Math.Abs(Math.Abs(w) - 0.002) < 2e-5, $"{w}"));
        Assert.All(trainer.Model.Parameters["blocks.0.mlp.down.weight"].Master.ToArray<float>(), w => Assert.Equal(0, w));
        var before = trainer.Model.Parameters["wte.weight"].Master.ToArray<float>();

        // Then the embedding's second step after a gradient of zero: 0.3 · (0.1 / (1 − 0.9²)) / √(0.05 / (1 − 0.95²)) = 0.2205; Muon's matrices get singular values near 0.02.
        trainer.Step();
        var moved = trainer.Model.Parameters["wte.weight"].Master.ToArray<float>().Zip(before, (a, b) => Math.Abs(a - b)).Where(d => d > 0).ToArray();
        Assert.NotEmpty(moved);
        Assert.Equal(0.3 * (0.1 / 0.19) / Math.Sqrt(0.05 / 0.0975), moved.Max(), 1e-3);
        var down = trainer.Model.Parameters["blocks.0.mlp.down.weight"].Master.ToArray<float>();
        Assert.InRange(Math.Sqrt(down.Sum(w => (double)w * w)) / (0.02 * Math.Sqrt(16)), 0.5, 1.3);
    }

    [Fact]
    public void Validation_reads_the_same_tokens_at_every_context_from_position_zero()
    {
        using var folder = new TemporaryFolder();
        using var cpu = new CpuDevice();
        ushort[] tokens = [.. Enumerable.Range(0, 70).Select(i => (ushort)new Philox(9).Below((ulong)i, 11))];
        TokenFileWriter.Write(folder["train.bin"], tokens);
        TokenFileWriter.Write(folder["val.bin"], tokens);
        var data = Dataset.Prepare(folder.Path, null, 11, folder["cache"]);
        using var model = Model.GptTests.Random(new() { Layers = 1, Width = 8, Heads = 2, Vocabulary = 11, Context = 4 }, cpu, DType.F32);
        var losses = new Evaluation(data, [4, 32], 64).Run(model, null, TestContext.Current.CancellationToken);
        foreach (var loss in losses)
        {
            using var scope = Scope.Enter();
            var direct = Enumerable.Range(0, 64 / loss.Context).Select(row => model.EvaluationLosses(
                Tensor.From<int>([.. tokens.Skip(row * loss.Context).Take(loss.Context).Select(t => (int)t)], [1, loss.Context], cpu),
                Tensor.From<int>([.. tokens.Skip(row * loss.Context + 1).Take(loss.Context).Select(t => (int)t)], [loss.Context], cpu)).ToArray<float>()).ToArray();
            Assert.Equal(direct.Average(row => row.Average()), loss.Mean, 1e-5);
            foreach (var positions in loss.ByPosition) Assert.Equal(direct.Average(row => row[positions.Start..positions.End].Average()), positions.Mean, 1e-5);
        }

        Assert.NotEqual(losses[0].Mean, losses[1].Mean);
    }
}
