namespace SiaEngine.Train.Data;

/// <summary>Token shards ready for training, with the tokenizer they were made by.</summary>
public sealed class Dataset
{
    internal Dataset(IReadOnlyList<string> train, IReadOnlyList<string> validation, TextTokenizer? tokenizer, string? tokenizerFolder,
        DatasetManifest manifest)
    {
        (Train, Validation, Manifest) = (train, validation, manifest);
        (Tokenizer, TokenizerFolder) = (tokenizer, tokenizerFolder);
    }

    /// <summary>What the tokens were made from.</summary>
    public string Source => Manifest.Source;

    /// <summary>Training shards, in reading order.</summary>
    public IReadOnlyList<string> Train { get; }

    /// <summary>Validation shards.</summary>
    public IReadOnlyList<string> Validation { get; }

    /// <summary>Tokenizer, if known.</summary>
    public TextTokenizer? Tokenizer { get; }

    /// <summary>Folder of the tokenizer's files, if known.</summary>
    public string? TokenizerFolder { get; }

    /// <summary>Number of ids a model must know.</summary>
    public int Vocabulary => Manifest.Vocabulary;

    /// <summary>Sources and counts.</summary>
    public DatasetManifest Manifest { get; }

    /// <summary>
    /// Prepares a dataset, or reuses what an earlier call left in <paramref name="cache"/> for the same input. Text is tokenized and its last 5% held
    /// out, document by document. Shards are used as they are: those with "val" in the name validate; without one, the last of several, or the last
    /// 5% of the only one.
    /// </summary>
    /// <param name="path">Text or shards; null for the default corpus.</param>
    /// <param name="tokenizer">Folder of an existing tokenizer; null trains one of <paramref name="vocabulary"/> ids.</param>
    /// <param name="vocabulary">Ids of a tokenizer to be trained, separator included; for shards without a tokenizer, their vocabulary.</param>
    /// <param name="cache">Folder that keeps prepared datasets.</param>
    /// <param name="progress">Called with what is being done.</param>
    /// <param name="threads">Threads to use; null for one per core. The tokens do not depend on it.</param>
    /// <exception cref="DataException">Missing, empty or malformed input.</exception>
    public static Dataset Prepare(string? path, string? tokenizer, int vocabulary, string cache, Action<string>? progress = null, int? threads = null)
    {
        var corpus = Corpus.Open(path);
        var given = tokenizer is null ? null : BpeVocabulary.Load(tokenizer);
        if (given is null && !corpus.IsTokens) BpeTrainer.CheckSize(vocabulary);
        if (corpus.IsTokens && ShardFolder.Open(corpus, tokenizer, given, vocabulary, progress) is { } shards) return shards;
        return new DatasetCache(cache, progress, threads ?? Environment.ProcessorCount).Open(corpus, given, vocabulary);
    }
}
