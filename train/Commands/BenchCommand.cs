using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using SiaEngine.Cuda;
using SiaEngine.Model;
using SiaEngine.Train.Kernels;
using Spectre.Console;

namespace SiaEngine.Train.Commands;

/// <summary><c>sia bench</c>: one JSON line per case with the keys of the libtorch peer, useful work only: the causal half of attention, backward = 2 x forward.</summary>
internal static class BenchCommand
{
    /// <summary>Most that a BLAS library's product may differ from ours, as a share of its norm, before it is timed.</summary>
    private const double BlasTolerance = 1e-4;

    public static Command Create(CommandContext context)
    {
        var bench = new Command("bench", "Time products, attention, a training step, generation, tokenizing or every kernel; suite fills the whole table.");
        var (warmup, repetitions, least) = (Options.Whole("--warmup", "Untimed runs.", 0, 2), Options.Whole("--reps", "Fewest timed runs.", 1, 5), Options.Whole("--least-ms", "Least timed milliseconds.", 0, 1000));
        var warm = Options.Whole("--warm-ms", "Least milliseconds of the first warm-up, for the JIT.", 0, 0);
        var compare = new Option<string?>("--compare") { Description = "Shell command of a peer that prints a JSON line with median_s; it runs in turns with ours and the ratio of times is printed." };
        var pairs = Options.Whole("--pairs", "Pairs of runs with --compare.", 1, 7);
        foreach (var option in (Option[])[warmup, repetitions, least, warm, compare, pairs])
        {
            option.Recursive = true;
            bench.Options.Add(option);
        }

        var cold = true;
        Stopwatches Timing(ParseResult parsed)
        {
            var first = cold ? parsed.GetValue(warm) / 1000.0 : 0;
            cold = false;
            return new(parsed.GetValue(warmup), parsed.GetValue(repetitions), parsed.GetValue(least) / 1000.0, context.Stop, first);
        }

        int Report(ParseResult parsed, Func<JsonObject> measure)
        {
            JsonObject line;
            if (parsed.GetValue(compare) is not { } command) line = measure();
            else
            {
                (var result, line) = PeerComparison.Measure(measure, command, parsed.GetValue(pairs), context.Stop);
                result.AddTo(line);
            }

            context.Screen.Result(line.ToJsonString());
            return ExitCode.Done;
        }

        bench.Add(Gemm(context, Timing, Report));
        bench.Add(Attention(context, Timing, Report));
        bench.Add(TrainStep(context, Timing, Report));
        bench.Add(Generate(context, Timing, Report));
        bench.Add(BpeBench.Create(context));
        bench.Add(BenchSuiteCommand.Create(context));
        bench.Add(ScalingCommand.Create(context));
        bench.Add(GpuCheckCommand.Kernels(context, repetitions));
        bench.Add(GpuCheckCommand.Check(context, repetitions));
        return bench;
    }

    private static Command Gemm(CommandContext context, Func<ParseResult, Stopwatches> timing, Func<ParseResult, Func<JsonObject>, int> report)
    {
        var (m, n, k) = (Size("M"), Size("N"), Size("K"));
        var transpose = Options.Choice("--trans", "nn: A B; nt: A Bᵀ (a linear layer); tn: Aᵀ B (a weight gradient).", "nn", "nn", "nt", "tn");
        var blas = new Option<string?>("--blas") { Description = "Time cblas_sgemm of this library (libopenblas.so.0) instead of our product." };
        return context.Command("gemm", "C = A B in f32.", Run, m, n, k, transpose, blas);

        int Run(ParseResult parsed)
        {
            using var device = context.Open(parsed, announce: false);
            var (rows, columns, depth, kind) = (parsed.GetValue(m), parsed.GetValue(n), parsed.GetValue(k), parsed.GetValue(transpose)!);
            using var scope = Scope.Enter();
            var a = Random(kind == "tn" ? [depth, rows] : [rows, depth], device, 1);
            var b = Random(kind == "nt" ? [columns, depth] : [depth, columns], device, 2);
            var c = Tensor.Empty([rows, columns], DType.F32, device);
            var kernels = device.Kernels<Ops.MatMul.IKernels>();
            using var library = parsed.GetValue(blas) is { } path ? new BlasLibrary(path, Cpu.RowParallel.Threads) : null;
            if (library is not null && device is not Cpu.CpuDevice) throw new ArgumentException("--blas multiplies on the CPU; leave --device out");
            if (library is not null)
            {
                library.Product(a, b, c, kind == "tn", kind == "nt");
                var ours = Tensor.Empty(c.Shape, DType.F32, device);
                kernels.Run(a, b, ours, kind == "tn", kind == "nt", 1, 0);
                var apart = System.Numerics.Tensors.TensorPrimitives.Distance<float>(ours.Span<float>(), c.Span<float>()) / System.Numerics.Tensors.TensorPrimitives.Norm<float>(ours.Span<float>());
                if (!(apart < BlasTolerance)) throw new DeviceException($"--blas: the product of {parsed.GetValue(blas)} is {apart:G3} of ours away from ours");
            }

            return report(parsed, () =>
            {
                var times = timing(parsed).Measure(() =>
                {
                    if (library is not null) library.Product(a, b, c, kind == "tn", kind == "nt");
                    else kernels.Run(a, b, c, kind == "tn", kind == "nt", 1, 0);
                    device.Synchronize();
                });
                return BenchReport.Line(device, "gemm", new { args = $"{rows} {columns} {depth}", trans = kind, blas = parsed.GetValue(blas) }, times, 0, 2.0 * rows * columns * depth);
            });
        }
    }

    private static Command Attention(CommandContext context, Func<ParseResult, Stopwatches> timing, Func<ParseResult, Func<JsonObject>, int> report)
    {
        var (b, h, t, d) = (Size("B"), Size("H"), Size("T"), Size("D"));
        var method = Method();
        var backward = Options.Whole("--backward", "1 times forward and backward.", 0, 0);
        var compute = Compute();
        return context.Command("attention", "Causal attention of B sequences, H heads, T positions, D dimensions per head; on a GPU timed by its own clock.", Run, b, h, t, d, method, backward, compute);

        int Run(ParseResult parsed)
        {
            using var device = context.Open(parsed, announce: false);
            int batch = parsed.GetValue(b), heads = parsed.GetValue(h), length = parsed.GetValue(t), dim = parsed.GetValue(d);
            var both = parsed.GetValue(backward) > 0;
            var dtype = RunConfig.ComputeType(parsed.GetValue(compute)!, device);
            using var pass = new TimedAttention(batch, heads, length, dim, parsed.GetValue(method)!, both, dtype, device);
            return report(parsed, () =>
            {
                var (config, tokens) = (new { args = $"{batch} {heads} {length} {dim}", method = parsed.GetValue(method), backward = both ? 1 : 0, compute = dtype.Name }, (double)batch * length);
                if (device is not CudaDevice cuda) return BenchReport.Line(device, "attention", config, timing(parsed).Measure(pass.Run), tokens, pass.Work);
                pass.Parts.Clear();
                var times = timing(parsed).MeasureParts(() => pass.RunOnDevice(cuda.Driver));
                double forward = Median(pass.Parts.ConvertAll(part => part.Forward)), back = Median(pass.Parts.ConvertAll(part => part.Backward));
                // Backward needs five products where forward needs two.
                (string, JsonNode?)[] more = [("forward_s", Math.Round(forward, 8)), ("forward_tflops", Math.Round(pass.ForwardWork / forward / 1e12, 2))];
                if (both) more = [.. more, ("backward_s", Math.Round(back, 8)), ("backward_tflops", Math.Round(2.5 * pass.ForwardWork / back / 1e12, 2))];
                return BenchReport.Line(device, "attention", config, times, tokens, pass.Work, more);
            });
        }
    }

    private static Command TrainStep(CommandContext context, Func<ParseResult, Stopwatches> timing, Func<ParseResult, Func<JsonObject>, int> report)
    {
        var (shape, method) = (ShapeArgument(), Method());
        var (batch, length) = (Options.Whole("--batch", "Sequences of a step instead of the shape's.", 1), Options.Whole("--context", "Their length instead of the shape's.", 1));
        var compute = Compute();
        var byKernel = new Option<bool>("--by-kernel") { Description = "Also time every launch of a step, with --device cuda or sim, and show what share of the step each kernel takes." };
        return context.Command("train-step", "Forward, backward and AdamW on one batch of random tokens.", Run, shape, method, batch, length, compute, byKernel);

        int Run(ParseResult parsed)
        {
            using var device = context.Open(parsed, announce: false);
            var s = BenchShape.Find(parsed.GetValue(shape)!);
            s = s with { Batch = parsed.Given(batch) ? parsed.GetValue(batch) : s.Batch, Context = parsed.Given(length) ? parsed.GetValue(length) : s.Context };
            TimedStep Create(Device on) => new(s, parsed.GetValue(method)!, RunConfig.ComputeType(parsed.GetValue(compute)!, on), on, context.Seed(parsed));
            if (parsed.GetValue(byKernel)) return ByKernel(context.Screen, device, s, timing(parsed).Repetitions, Create);
            using var step = Create(device);
            return report(parsed, () =>
            {
                var times = timing(parsed).Measure(step.Run);
                return BenchReport.Line(device, "train-step", new { args = s.Name, method = parsed.GetValue(method), compute = parsed.GetValue(compute) }, times, s.Tokens, s.Work, ("shape", s.ToString()), ("params", step.Weights),
                    ("first_loss", Math.Round(step.FirstLoss, 6)), ("last_loss", Math.Round(step.LastLoss, 6)));
            });
        }
    }

    private static int ByKernel(Screen screen, Device device, BenchShape shape, int steps, Func<Device, TimedStep> create)
    {
        if (device is not CudaDevice cuda) throw new ArgumentException("--by-kernel times kernels on --device cuda, or for a trial on sim");
        var profile = StepProfile.Measure(cuda, steps, create);
        var table = new Table().AddColumns("kernel", "launches", "ms", "of the step", "GB/s", "TFLOP/s");
        foreach (var kernel in profile.Kernels)
        {
            string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
            table.AddRow(Markup.Escape(kernel.Name), Number(kernel.Launches, "0.#"), Number(kernel.Milliseconds, "N3"), Number(kernel.Percent, "0.0") + "%", Number(kernel.GigabytesPerSecond, "N0"), Number(kernel.TeraflopsPerSecond, "N1"));
        }

        screen.Table(table);
        screen.Line(FormattableString.Invariant($"{shape}: {profile.StepMs:N2} ms a step, {shape.Tokens / profile.StepMs * 1e3:N0} tokens/s, {shape.Work / profile.StepMs / 1e9:N1} TFLOP/s useful; kernels {profile.Kernels.Sum(kernel => kernel.Percent):0.0}% of it"));
        screen.JsonLine(profile);
        return ExitCode.Done;
    }

    private static Command Generate(CommandContext context, Func<ParseResult, Stopwatches> timing, Func<ParseResult, Func<JsonObject>, int> report)
    {
        var (shape, method) = (ShapeArgument(), Method());
        var (prompt, tokens) = (Options.Whole("--prompt", "Random tokens to start from.", 1, 128), Options.Whole("--new", "Tokens to generate, greedily.", 1, 64));
        return context.Command("generate", "Greedy decoding with a key/value cache.", Run, shape, method, prompt, tokens);

        int Run(ParseResult parsed)
        {
            using var device = context.Open(parsed, announce: false);
            var s = BenchShape.Find(parsed.GetValue(shape)!);
            using var model = new Gpt(s.Config(parsed.GetValue(method)!), device, context.Seed(parsed));
            var random = new Philox(context.Seed(parsed), 9);
            int[] start = [.. Enumerable.Range(0, parsed.GetValue(prompt)).Select(i => (int)random.Below((ulong)i, s.Vocabulary))];
            var sampler = new Sampler(context.Seed(parsed), Temperature: 0);
            var (count, next) = (parsed.GetValue(tokens), 0);
            var prefill = new List<double>();
            return report(parsed, () =>
            {
                var times = timing(parsed).MeasureParts(() =>
                {
                    using var decoder = new Decoder(model, start.Length + count);
                    var watch = System.Diagnostics.Stopwatch.StartNew();
                    next = Advance(decoder, start);
                    prefill.Add(watch.Elapsed.TotalSeconds);
                    watch.Restart();
                    for (var i = 0; i < count; i++) next = Advance(decoder, [next]);
                    return watch.Elapsed.TotalSeconds;
                });
                var middle = Median(prefill);
                return BenchReport.Line(device, "generate", new { args = s.Name, method = parsed.GetValue(method) }, times, count, 0, ("prompt", start.Length), ("new", count),
                    // Every token reads each weight once; the few rows of the embedding do not count.
                    ("gb_per_s", Math.Round(4e-9 * s.MatmulParameters * count / times[times.Length / 2], 2)), ("prefill_median_s", Math.Round(middle, 5)), ("prefill_tokens_per_s", Math.Round(start.Length / middle, 1)), ("last_token", next));
            });

            int Advance(Decoder decoder, ReadOnlySpan<int> ids)
            {
                using var scope = Scope.Enter();
                return sampler.Next(decoder.Append(ids).ToArray<float>(), decoder.Length);
            }
        }
    }

    private static double Median(List<double> times)
    {
        times.Sort();
        return times[times.Count / 2];
    }

    private static Argument<int> Size(string name) => new(name)
    {
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, out var value) && value > 0) return value;
            result.AddError($"{name} takes a whole number of at least 1, not '{result.Tokens[0].Value}'");
            return 0;
        },
    };

    private static Argument<string> ShapeArgument() => new("SHAPE") { Description = $"One of {BenchShape.Names}." };

    private static Option<string> Method() => Options.Choice("--method", "Attention method.", "sia", [.. AttentionMethod.All.Select(method => method.Name)]);

    private static Option<string> Compute() => Options.Choice("--compute", "Type to compute in: f32, or bf16 with f32 sums, which takes --device cuda or sim.", "f32", "f32", "bf16");

    /// <summary>Numbers in [-1, 1).</summary>
    public static Tensor Random(Shape shape, Device device, ulong stream)
    {
        var random = new Philox(1, stream);
        var values = new float[shape.Count];
        for (var i = 0; i < values.Length; i++) values[i] = (float)(2 * random.Uniform((ulong)i) - 1);
        return Tensor.From<float>(values, shape, device);
    }
}
