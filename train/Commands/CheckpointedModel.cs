using SiaEngine.Cpu;
using SiaEngine.Model;
using SiaEngine.Train.Data;

namespace SiaEngine.Train.Commands;

/// <summary>A checkpoint that a command reads: from its own folder or from the folder of a run that holds one.</summary>
internal sealed class CheckpointedModel
{
    private readonly string _folder;

    /// <summary>Opens the checkpoint at <paramref name="path"/>.</summary>
    /// <exception cref="CheckpointException">There is none.</exception>
    public CheckpointedModel(string path)
    {
        var inside = Path.Combine(path, TrainingRun.CheckpointFolder);
        _folder = CheckpointFile.IsPresent(inside) ? inside : path;
        State = CheckpointFile.ReadState(_folder);
    }

    /// <summary>Step and configuration.</summary>
    public CheckpointState State { get; }

    /// <summary>The model under its own or another attention rule, in the compute type of its training where the device has that, else in f32.</summary>
    /// <exception cref="CheckpointException">The weights do not fit.</exception>
    public Gpt Load(string? attention, Device device)
    {
        var model = new Gpt(State.Config.Model(State.Vocabulary), device, State.Config.Seed, device is CpuDevice ? DType.F32 : State.Config.ComputeOn(device), method: attention is null ? null : AttentionMethod.Find(attention));
        try
        {
            CheckpointFile.LoadWeights(_folder, model);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Puts the checkpoint's weights into a model of its shape.</summary>
    /// <exception cref="CheckpointException">The weights do not fit.</exception>
    public void Restore(Gpt model) => CheckpointFile.LoadWeights(_folder, model);

    /// <summary>The tokenizer the model was trained with; null if it learned from shards without one.</summary>
    public TextTokenizer? Tokenizer() => HasTokenizer ? TextTokenizer.Load(_folder) : null;

    /// <summary>The data of the run, or other data, in the tokens of the checkpoint.</summary>
    public Dataset Data(string? path, CommandContext context)
    {
        var cache = Cache();
        if (path is null)
        {
            // The run's own preparation, unless the text behind it has changed and would give other tokens.
            var own = context.Prepare(State.Config.Data, State.Config.Tokenizer, State.Config.Vocabulary, cache);
            if (own.Manifest.Fingerprint == State.Dataset) return own;
        }

        return context.Prepare(path ?? State.Config.Data, HasTokenizer ? _folder : null, State.Vocabulary, cache);
    }

    /// <summary>Where the run kept its prepared data: beside the run, or further up where one folder holds several runs.</summary>
    private string Cache()
    {
        var run = Path.GetFullPath(Path.Combine(_folder, ".."));
        var beside = CommandContext.Cache(run);
        for (var at = beside; ; at = CommandContext.Cache(run))
        {
            if (Directory.Exists(at)) return at;
            if (Path.GetDirectoryName(run) is not { } above || Path.GetDirectoryName(above) is null) return beside;
            run = above;
        }
    }

    private bool HasTokenizer => File.Exists(Path.Combine(_folder, BpeVocabulary.VocabularyFile));
}
