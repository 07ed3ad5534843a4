using System.Globalization;
using SiaEngine.Model;
using SiaEngine.Train.Commands;
using SiaEngine.Train.Data;

namespace SiaEngine.Train.Needle;

/// <summary>
/// Tunes one checkpoint on needle prompts at its training context, with fresh optimizers at the rates of its training and a schedule of thirds (warm-up, constant,
/// cooldown), then lets it answer prompts of several lengths greedily. Nothing is written.
/// </summary>
/// <param name="context">Screen and stop signal.</param>
/// <param name="device">Where it runs.</param>
/// <param name="given">Tokenizer of models that learned from shards without one; null for none.</param>
/// <param name="steps">Tuning steps.</param>
/// <param name="batch">Sequences per step; 0 for as many as in training.</param>
/// <param name="seed">Seed of the prompts.</param>
/// <param name="colliding">Draw cities with repetition.</param>
internal sealed class NeedleRun(CommandContext context, Device device, TextTokenizer? given, int steps, int batch, ulong seed, bool colliding)
{
    private const ulong TuningStream = 0x6e646c74, ScoringStream = 0x6e646c73;

    /// <summary>Sequences per step for a checkpoint.</summary>
    public int Batch(RunConfig config) => batch > 0 ? batch : config.BatchTokens / config.Context;

    /// <summary>Tunes and scores.</summary>
    /// <param name="source">The checkpoint.</param>
    /// <param name="path">Its folder, for the report.</param>
    /// <param name="attention">Rule to score under; null for its own.</param>
    /// <param name="data">Filler: training text to tune on, validation text to score on.</param>
    /// <param name="contexts">Lengths to score at.</param>
    /// <param name="examples">Prompts per length.</param>
    /// <exception cref="ArgumentException">A length is too short.</exception>
    /// <exception cref="DataException">The model has no tokenizer, or the text is too short.</exception>
    public NeedleResult Execute(CheckpointedModel source, string path, string? attention, Dataset data, IReadOnlyList<int> contexts, int examples)
    {
        var tokenizer = source.Tokenizer() ?? given ?? throw new DataException($"{path}: the model learned from shards without a tokenizer; give its --tokenizer to write needles");
        if (tokenizer.Size > source.State.Vocabulary) throw new DataException($"{path}: the model knows {source.State.Vocabulary} token ids, the tokenizer has {tokenizer.Size}");
        using var scoring = new NeedleText(tokenizer, data.Validation, source.State.Vocabulary, seed, ScoringStream, colliding);
        // Lengths that cannot be are found before the tuning.
        var config = Tuning(source.State.Config);
        scoring.Check(config.Context);
        foreach (var length in contexts)
        {
            scoring.Check(length);
            scoring.Example(0, length);
        }

        using var trainer = new Trainer(config, data, device, new NeedleBatches(new NeedleText(tokenizer, data.Train, source.State.Vocabulary, seed, TuningStream, colliding), config.Context), step => LearningRate.Thirds(step, steps));
        source.Restore(trainer.Model);
        var losses = Tune(trainer, config);
        using var other = attention is null || attention == config.Attention ? null : source.Load(attention, device);
        if (other is not null) Copy(trainer.Model, other);
        var model = other ?? trainer.Model;
        var sample = "";
        var scores = contexts.Select(length => Score(model, tokenizer, scoring, length, examples, ref sample)).ToArray();
        return new(path, model.Tables.Method.Name, config.Context, losses.TakeLast(Math.Max(1, losses.Count / 10)).Average(), scores, losses, sample);
    }

    private RunConfig Tuning(RunConfig trained)
    {
        var sequences = Batch(trained);
        var micro = Math.Min(sequences, Math.Max(1, trained.MicroBatchTokens / trained.Context));
        while (sequences % micro != 0) micro--;
        return (trained with { Steps = steps, BatchTokens = sequences * trained.Context, MicroBatchTokens = micro * trained.Context, Schedule = "constant-linear", CooldownSteps = 0, Graph = false }).Validate();
    }

    private List<double> Tune(Trainer trainer, RunConfig config)
    {
        var losses = new List<double>();
        while (trainer.StepCount < steps)
        {
            context.Stop.ThrowIfCancellationRequested();
            var result = trainer.Step();
            if (!double.IsFinite(result.Loss) || !double.IsFinite(result.GradientNorm)) throw new TrainingException($"{config.Attention} tuning step {trainer.StepCount}: loss {result.Loss}, gradient norm {result.GradientNorm}: tuning has diverged");
            losses.Add(result.Loss);
            context.Screen.Progress(string.Create(CultureInfo.InvariantCulture, $"{config.Attention} tuning step {trainer.StepCount}/{steps}  loss of the answers {result.Loss:F3}"));
        }

        return losses;
    }

    private NeedleScore Score(Gpt model, TextTokenizer tokenizer, NeedleText text, int length, int examples, ref string sample)
    {
        var found = 0;
        for (var number = 0; number < examples; number++)
        {
            context.Stop.ThrowIfCancellationRequested();
            context.Screen.Progress($"{model.Tables.Method.Name} context {length}, example {number + 1} of {examples}, {found} needles found");
            var example = text.Example(number, length);
            var answer = Answer(model, tokenizer, example, text.End);
            found += example.Found(answer);
            if (number == 0) sample = $"context {length}\nright  {example.Answer}\nfound  {answer}";
        }

        return new(length, NeedleText.Needles * examples, found);
    }

    /// <summary>The likeliest token again and again, until the end token or until there are as many as the right answer has.</summary>
    internal static string Answer(Gpt model, TextTokenizer tokenizer, NeedleExample example, int end)
    {
        using var decoder = new Decoder(model, example.Tokens.Length);
        var greedy = new Sampler(0, Temperature: 0);
        var answer = new List<int>();
        var pending = example.Prompt.ToArray();
        while (true)
        {
            int next;
            using (Scope.Enter()) next = greedy.Next(decoder.Append(pending).ToArray<float>(), decoder.Length);
            if (next == end || next >= tokenizer.Size) break;
            answer.Add(next);
            if (example.PromptLength + answer.Count == example.Tokens.Length) break;
            pending = [next];
        }

        return tokenizer.Decode(answer);
    }

    private static void Copy(Gpt from, Gpt to)
    {
        for (var i = 0; i < to.Parameters.Count; i++)
        {
            to.Parameters[i].Master.CopyFrom(from.Parameters[to.Parameters[i].Name].Master);
            to.Parameters[i].RoundMaster();
        }
    }
}
