using System.Text.Json;
using SiaEngine.Model;

namespace SiaEngine.Train;

/// <summary>
/// A checkpoint folder: weights, optimizer state, <c>state.json</c> with the step (from which data position and random numbers follow), and the tokenizer, so that
/// the folder alone is enough to sample. It is built beside its place, forced to disk and then swapped in, so that a crash, a full disk or a kill leaves the old
/// or the new one, whole.
/// </summary>
public static class CheckpointFile
{
    /// <summary>Weights.</summary>
    public const string ModelFile = "model.safetensors";

    /// <summary>Moments of the optimizers.</summary>
    public const string OptimizerFile = "optimizer.safetensors";

    /// <summary>Step, tokens and the run's configuration.</summary>
    public const string StateFile = "state.json";

    /// <summary>Writes a checkpoint, replacing the one at <paramref name="folder"/> only when it is complete.</summary>
    /// <param name="folder">Where the checkpoint goes.</param>
    /// <param name="trainer">What to save.</param>
    /// <param name="config">The run's configuration.</param>
    /// <param name="vocabulary">Token ids of the model.</param>
    /// <param name="create">Opens a file for writing; tests pass one that fails.</param>
    /// <exception cref="CheckpointException">Writing failed, for example for lack of space; the old checkpoint is intact.</exception>
    public static void Save(string folder, Trainer trainer, RunConfig config, int vocabulary, Func<string, Stream>? create = null)
    {
        create ??= File.Create;
        var partial = folder + ".partial";
        try
        {
            if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
            Directory.CreateDirectory(partial);
            var metadata = new Dictionary<string, string> { ["format"] = "sia", ["step"] = ContextLoss.Key(trainer.StepCount) };
            Write(Path.Combine(partial, ModelFile), create, stream => SafeTensors.Write(stream, Weights(trainer.Model), metadata));
            Write(Path.Combine(partial, OptimizerFile), create, stream => SafeTensors.Write(stream, Moments(trainer), metadata));
            Write(Path.Combine(partial, StateFile), create, stream => JsonSerializer.Serialize(stream, new CheckpointState(trainer.StepCount, trainer.Tokens, vocabulary, trainer.Data.Manifest.Fingerprint, config), RunConfig.Json));
            trainer.Data.Tokenizer?.Vocabulary.Save(partial);
            Swap(partial, folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
            throw new CheckpointException($"{folder}: the checkpoint of step {trainer.StepCount} could not be written ({e.Message}); {(Directory.Exists(folder) ? "the one before is intact" : "there is none")}", e);
        }
    }

    /// <summary>Whether a folder holds a checkpoint, if need be one that a crash left under its second name.</summary>
    public static bool IsPresent(string folder)
    {
        Recover(folder);
        return File.Exists(Path.Combine(folder, StateFile));
    }

    /// <summary>Step, tokens and configuration of a checkpoint.</summary>
    /// <exception cref="CheckpointException">There is none, or it is malformed.</exception>
    public static CheckpointState ReadState(string folder)
    {
        Recover(folder);
        var path = Path.Combine(folder, StateFile);
        try
        {
            using var stream = File.OpenRead(path);
            return JsonSerializer.Deserialize<CheckpointState>(stream, RunConfig.Json) ?? throw new JsonException("empty");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{folder}: no checkpoint ({StateFile} cannot be read)", e);
        }
        catch (JsonException e)
        {
            throw new CheckpointException($"{path}: malformed ({e.Message})", e);
        }
    }

    /// <summary>Restores weights, moments and step, so that training goes on as if it had not stopped.</summary>
    /// <exception cref="CheckpointException">The files do not fit the run.</exception>
    public static void Load(string folder, Trainer trainer)
    {
        var state = ReadState(folder);
        LoadWeights(folder, trainer.Model);
        SafeTensors.Read(Path.Combine(folder, OptimizerFile), Moments(trainer));
        trainer.StepCount = state.Step;
        foreach (var optimizer in trainer.Optimizers) optimizer.StepCount = state.Step;
    }

    /// <summary>Restores weights only, as evaluation and sampling need them.</summary>
    /// <exception cref="CheckpointException">The file does not fit the model.</exception>
    public static void LoadWeights(string folder, Gpt model)
    {
        SafeTensors.Read(Path.Combine(folder, ModelFile), Weights(model));
        foreach (var parameter in model.Parameters) parameter.RoundMaster();
    }

    private static List<(string, Tensor)> Weights(Gpt model) => [.. model.Parameters.Select(parameter => (parameter.Name, parameter.Master))];

    private static List<(string, Tensor)> Moments(Trainer trainer) => [.. trainer.Optimizers.SelectMany(optimizer => optimizer.State).Select(state => (state.Name, state.Tensor))];

    private static void Write(string path, Func<string, Stream> create, Action<Stream> write)
    {
        using var stream = create(path);
        write(stream);
        stream.Flush();
        if (stream is FileStream file) file.Flush(flushToDisk: true);
    }

    /// <summary>Two renames; a crash between them leaves the old checkpoint under the name that <see cref="Recover"/> looks for.</summary>
    private static void Swap(string partial, string folder)
    {
        var old = folder + ".old";
        if (Directory.Exists(old)) Directory.Delete(old, recursive: true);
        if (Directory.Exists(folder)) Directory.Move(folder, old);
        Directory.Move(partial, folder);
        if (Directory.Exists(old)) Directory.Delete(old, recursive: true);
    }

    private static void Recover(string folder)
    {
        var old = folder + ".old";
        if (!Directory.Exists(folder) && Directory.Exists(old)) Directory.Move(old, folder);
    }
}
