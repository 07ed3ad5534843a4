using SiaEngine.Model;
using SiaEngine.Train.Data;

namespace SiaEngine.Train.Commands;

/// <summary>A model read from a checkpoint folder, or from a run's folder that holds one.</summary>
internal static class CheckpointedModel
{
    /// <summary>The folder with the files.</summary>
    public static string Folder(string path) => File.Exists(Path.Combine(path, TrainingRun.CheckpointFolder, CheckpointFile.StateFile)) ? Path.Combine(path, TrainingRun.CheckpointFolder) : path;

    /// <summary>The model under its own or another attention rule.</summary>
    /// <exception cref="CheckpointException">The folder holds no fitting checkpoint.</exception>
    public static Gpt Load(string folder, CheckpointState state, string? attention, Device device)
    {
        var model = new Gpt(state.Config.Model(state.Vocabulary), device, state.Config.Seed, method: attention is null ? null : AttentionMethod.Find(attention));
        try
        {
            CheckpointFile.LoadWeights(folder, model);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>The run's data, or other data under the run's tokenizer.</summary>
    public static Dataset Data(string folder, CheckpointState state, string? path, Screen screen)
    {
        var config = state.Config;
        var cache = Path.Combine(Path.GetFullPath(Path.Combine(folder, "..", "..")), ".data");
        if (path is null) return Dataset.Prepare(config.Data, config.Tokenizer, config.Vocabulary, Cache(folder, cache), screen.Progress);
        var own = Dataset.Prepare(config.Data, config.Tokenizer, config.Vocabulary, Cache(folder, cache), screen.Progress);
        return Dataset.Prepare(path, own.TokenizerFolder, state.Vocabulary, Cache(folder, cache), screen.Progress);
    }

    /// <summary>The cache beside the run, also one level further up where a comparison holds several runs.</summary>
    private static string Cache(string folder, string cache)
    {
        var above = Path.Combine(Path.GetFullPath(Path.Combine(folder, "..", "..", "..")), ".data");
        return !Directory.Exists(cache) && Directory.Exists(above) ? above : cache;
    }
}
