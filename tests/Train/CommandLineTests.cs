using System.Text.Json;
using System.Xml.Linq;
using SiaEngine.Cpu;
using SiaEngine.Cuda;
using SiaEngine.Ops;
using SiaEngine.Train;
using SiaEngine.Train.Commands;

namespace SiaEngine.Tests.Train;

/// <summary>The command line as a user meets it, run in process; these tests share the thread setting and run one after the other.</summary>
[Collection(nameof(CommandLineTests))]
public class CommandLineTests
{
    [Theory]
    [InlineData("unknown command, option or argument 'frobnicate'", "frobnicate")]
    [InlineData("unknown command, option or argument '--frobnicate'", "train", "--frobnicate")]
    [InlineData("--steps takes a whole number of at least 1, not 'x'", "train", "--steps", "x")]
    [InlineData("--threads takes a whole number of at least 1, not '0'", "doctor", "--threads", "0")]
    [InlineData("--attention takes one of sia, p-rope, rope, nope, alibi, ntk, yarn, logn-rope, logn-p-rope, logn-ntk, sia-rope, sia-nope, sia-trained-tau, sia-a-only, sia-m-only, not 'flash'", "train", "--attention", "flash")]
    [InlineData("--device takes one of cpu, cuda, sim, not 'tpu'", "demo", "--device", "tpu")]
    [InlineData("--preset takes one of demo, gpt-1m, gpt-4m, gpt-16m, gpt-50m, gpt-162m, gpt-304m, not 'huge'", "train", "--preset", "huge")]
    [InlineData("--top-p takes a number from 0 to 1, not '2'", "sample", "--checkpoint", "x", "--top-p", "2")]
    [InlineData("--eval-contexts takes whole numbers of at least 1 separated by commas, not '1,,2'", "train", "--eval-contexts", "1,,2")]
    [InlineData("--op: no op 'relu'", "gradcheck", "--op", "relu")]
    [InlineData("SHAPE takes one of tiny, small, gpt2-124m, gpt-162m, not 'big'", "bench", "train-step", "big")]
    [InlineData("M takes a whole number of at least 1, not '-3'", "bench", "gemm", "-3", "1", "1")]
    [InlineData("--context takes", "train", "--context", "0")]
    [InlineData("--batch-tokens takes a multiple of the micro-batch", "train", "--batch-tokens", "100", "--micro-batch-tokens", "64", "--context", "32")]
    public void A_wrong_command_is_one_line_and_exit_code_2(string message, params string[] arguments)
    {
        var (code, output, error) = SmallRun.Sia(arguments);
        Assert.Equal(ExitCode.Wrong, code);
        Assert.StartsWith("sia: " + message, error);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Empty(output);
    }

    [Fact]
    public void Missing_devices_are_one_line_and_exit_code_3()
    {
        Assert.SkipWhen(HasDriver(), "an NVIDIA driver is installed");
        foreach (var command in (string[][])[["train", "--steps", "1"], ["demo"], ["bench", "gemm", "4", "4", "4"]])
        {
            var (code, _, error) = SmallRun.Sia([.. command, "--device", "cuda"]);
            Assert.Equal(ExitCode.Lacking, code);
            Assert.StartsWith("sia: --device cuda: no NVIDIA driver; looked for ", error);
            Assert.Single(error.TrimEnd().Split('\n'));
        }
    }

    [Fact]
    public void A_graph_takes_a_device_that_records()
    {
        using var run = new SmallRun();
        var (code, _, error) = SmallRun.Sia(run.TrainArguments("run", "--graph"));
        Assert.Equal((ExitCode.Wrong, "sia: --graph takes --device cuda or sim; cpu does not record work"), (code, error.TrimEnd()));
    }

    [Fact]
    public void Doctor_says_what_it_looked_for_and_fails_only_when_the_gpu_was_asked_for()
    {
        Assert.SkipWhen(HasDriver(), "an NVIDIA driver is installed");
        var (code, output, error) = SmallRun.Sia("doctor", "--json");
        Assert.Equal((ExitCode.Done, ""), (code, error));
        Assert.Contains("no NVIDIA driver; looked for ", output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Lacking, SmallRun.Sia("doctor", "--device", "cuda", "--json").Code);
    }

    [Fact]
    public void Doctor_walks_the_simulated_device_to_a_checked_product()
    {
        var (code, output, error) = SmallRun.Sia("doctor", "--device", "sim", "--json");
        Assert.Equal((ExitCode.Done, ""), (code, error));
        foreach (var row in (string[])["add.ptx compiled for simulated sm_90", "add_forward_f32 of 1000 elements is right", "product of [17, 9] and [9, 33] is right"])
            Assert.Contains(row, output, StringComparison.Ordinal);
    }

    private static bool HasDriver()
    {
        var found = false;
        DriverWalk.Run(finding => found |= finding is { What: "CUDA driver", Holds: true });
        return found;
    }

    [Fact]
    public void Bad_data_is_one_line_and_leaves_nothing_behind()
    {
        using var run = new SmallRun();
        var empty = Directory.CreateDirectory(Path.Combine(run.Folder, "empty")).FullName;
        var blank = Path.Combine(run.Folder, "blank.txt");
        File.WriteAllText(blank, "  \n");
        var shard = Path.Combine(run.Folder, "broken.bin");
        File.WriteAllBytes(shard, [.. BitConverter.GetBytes(20240520), .. BitConverter.GetBytes(1), .. BitConverter.GetBytes(1000), .. new byte[1012], 1, 2]);
        var magic = Path.Combine(run.Folder, "magic.bin");
        File.WriteAllBytes(magic, new byte[2048]);
        foreach (var data in (string[])[Path.Combine(run.Folder, "nowhere"), empty, blank, shard, magic])
        {
            var target = Path.Combine(run.Folder, "out");
            var (code, _, error) = SmallRun.Sia(["train", "--data", data, "--steps", "1", "--out", target]);
            Assert.Equal(ExitCode.Wrong, code);
            Assert.Contains(Path.GetFileName(data), error, StringComparison.Ordinal);
            Assert.Single(error.TrimEnd().Split('\n'));
            Assert.False(Directory.Exists(target), data);
        }
    }

    [Fact]
    public void A_context_longer_than_the_data_says_how_long_it_may_be()
    {
        using var run = new SmallRun();
        Assert.Equal(0, SmallRun.Sia(run.TrainArguments("run")).Code);
        var (code, _, error) = SmallRun.Sia("eval", "--checkpoint", Path.Combine(run.Folder, "run"), "--contexts", "16,1000000");
        Assert.Equal(ExitCode.Wrong, code);
        Assert.Matches(@"validation tokens are fewer than the context of 1000000; accepted are contexts up to \d+", error);
    }

    [Fact]
    public void A_run_leaves_what_the_contract_names_and_can_be_evaluated_and_sampled()
    {
        using var run = new SmallRun();
        var (code, output, error) = SmallRun.Sia(run.TrainArguments("run", "--eval-every", "4", "--json"));
        Assert.Equal("", error);
        Assert.Equal(0, code);
        var folder = Path.Combine(run.Folder, "run");
        using (var result = JsonDocument.Parse(output)) Assert.Equal("sia", result.RootElement.GetProperty("name").GetString());

        var lines = File.ReadAllLines(Path.Combine(folder, "metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(8, lines.Count(line => line.TryGetProperty("loss", out _)));
        foreach (var key in (string[])["step", "tokens", "loss", "lr", "tokens_per_s", "grad_norm", "seconds"]) Assert.True(lines[0].TryGetProperty(key, out _), key);
        Assert.Equal(2, lines.Count(line => line.TryGetProperty("eval", out var eval) && eval.TryGetProperty("256", out _)));

        using (var summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "summary.json"))))
        {
            foreach (var key in (string[])["device", "threads", "seconds", "methods"]) Assert.True(summary.RootElement.TryGetProperty(key, out _), key);
            var method = summary.RootElement.GetProperty("methods")[0];
            foreach (var key in (string[])["name", "parameters", "train_context", "steps", "tokens", "final_train_loss", "val_loss", "tokens_per_s", "peak_rss_mib"])
                Assert.True(method.TryGetProperty(key, out _), key);
            Assert.Equal(["16", "64", "256"], method.GetProperty("val_loss").EnumerateObject().Select(p => p.Name));
        }

        var config = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "config.json"))).RootElement;
        Assert.Equal(16, config.GetProperty("context").GetInt32());
        Assert.True(config.TryGetProperty("version", out _));
        var report = File.ReadAllText(Path.Combine(folder, "report.html"));
        Assert.Equal("html", XDocument.Parse(report.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal)).Root!.Name.LocalName);
        Assert.DoesNotContain("src=", report, StringComparison.Ordinal);
        Assert.Equal(3, report.Split("<figure").Length - 1);

        (code, output, error) = SmallRun.Sia("eval", "--checkpoint", folder, "--contexts", "16,32", "--attention", "rope", "--eval-tokens", "64", "--json");
        Assert.Equal("", error);
        Assert.Equal(0, code);
        Assert.Equal(2, output.TrimEnd().Split('\n').Length);
        // Without contexts, those of the training: 1, 4 and 16 times.
        (code, output, error) = SmallRun.Sia("eval", "--checkpoint", folder, "--eval-tokens", "256", "--json");
        Assert.Equal((0, ""), (code, error));
        Assert.Equal([16, 64, 256], output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement.GetProperty("context").GetInt32()));
        (code, var text, _) = SmallRun.Sia("sample", "--checkpoint", folder, "--prompt", "Line 7", "--tokens", "5");
        Assert.Equal(0, code);
        Assert.StartsWith("Line 7", text);
        Assert.Equal(text, SmallRun.Sia("sample", "--checkpoint", folder, "--prompt", "Line 7", "--tokens", "5").Output);
    }

    [Fact]
    public void A_damaged_checkpoint_is_one_line()
    {
        using var run = new SmallRun();
        Assert.Equal(0, SmallRun.Sia(run.TrainArguments("run")).Code);
        var model = Path.Combine(run.Folder, "run", "checkpoint", "model.safetensors");
        File.WriteAllBytes(model, File.ReadAllBytes(model)[..^100]);
        foreach (var command in (string[][])[["eval", "--checkpoint", Path.Combine(run.Folder, "run")], ["sample", "--checkpoint", Path.Combine(run.Folder, "run")], run.TrainArguments("run", "--resume")])
        {
            var (code, _, error) = SmallRun.Sia(command);
            Assert.Equal(ExitCode.Wrong, code);
            Assert.Contains("model.safetensors: the tensors need", error, StringComparison.Ordinal);
        }

        var (missing, _, line) = SmallRun.Sia("eval", "--checkpoint", Path.Combine(run.Folder, "none"));
        Assert.Equal(ExitCode.Wrong, missing);
        Assert.Contains("no checkpoint", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_config_file_gives_options_and_the_command_line_wins()
    {
        using var run = new SmallRun();
        var file = Path.Combine(run.Folder, "c.json");
        File.WriteAllText(file, $$"""{"data":{{JsonSerializer.Serialize(run.Text)}},"vocabulary":300,"layers":1,"width":16,"heads":2,"context":16,"batch-tokens":32,"steps":2,"eval-tokens":256,"seed":5}""");
        Assert.Equal(0, SmallRun.Sia("train", "--config", file, "--steps", "3", "--out", Path.Combine(run.Folder, "a")).Code);
        var config = JsonDocument.Parse(File.ReadAllText(Path.Combine(run.Folder, "a", "config.json"))).RootElement;
        Assert.Equal((3, 1, 5), (config.GetProperty("steps").GetInt32(), config.GetProperty("layers").GetInt32(), config.GetProperty("seed").GetInt32()));
        File.WriteAllText(file, """{"learning-rate":1}""");
        var (code, _, error) = SmallRun.Sia("train", "--config", file);
        Assert.Equal(ExitCode.Wrong, code);
        Assert.Contains("--config: no option 'learning-rate'; accepted are preset, attention", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Gradcheck_prints_a_line_per_op_and_a_wrong_backward_fails()
    {
        var (code, output, _) = SmallRun.Sia("gradcheck", "--op", "add", "--json");
        Assert.Equal(0, code);
        using (var line = JsonDocument.Parse(output)) Assert.True(line.RootElement.GetProperty("holds").GetBoolean());
        using var cpu = new CpuDevice();
        using var writer = new StringWriter();
        var screen = new Screen(writer, writer, false);
        Assert.Equal(ExitCode.CheckFailed, GradCheckCommand.Check([new(WrongSquare.Id, WrongSquare.GradientCases)], cpu, screen, 1, TestContext.Current.CancellationToken));
        Assert.Contains("WRONG", writer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tiny_text_is_learned_by_heart_up_to_where_a_window_starts()
    {
        using var run = new SmallRun();
        File.WriteAllText(run.Text, string.Concat(Enumerable.Repeat("to be or not to be, that is the question\n", 200)));
        using var cpu = new CpuDevice();
        using var trainer = new Trainer(run.Config with { Width = 32, BatchTokens = 256, MicroBatchTokens = 256, Steps = 120, CooldownSteps = 40 }, run.Data(), cpu);
        double first = trainer.Step().Loss, last = first;
        while (trainer.StepCount < 120) last = trainer.Step().Loss;
        Assert.True(first > 5 && last < 0.5, $"from {first} to {last}");
    }

    /// <summary>x², whose backward forgets the factor 2.</summary>
    private readonly struct WrongSquare : IOp
    {
        private readonly Tensor _x;

        private WrongSquare(Tensor x) => _x = Tape.Save(x);

        public static string Id => "wrong_square";

        public static GradientCase[] GradientCases => [new("wrong", static (_, t) => Apply(t[0]), [3])];

        public void Backward(Tensor dy, Gradients grads) => grads.Share(_x, Product(dy, _x));

        private static Tensor Apply(Tensor x)
        {
            var y = Product(x, x);
            return Tape.Needs(x) ? Tape.Record(new WrongSquare(x), y) : y;
        }

        private static Tensor Product(Tensor a, Tensor b)
        {
            using var paused = Tape.Pause();
            return Binary.Multiply(a, b);
        }
    }
}
