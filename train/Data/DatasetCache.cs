using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SiaEngine.Train.Data;

/// <summary>
/// Text to tokens, once: trains the tokenizer, encodes the corpus, and keeps <c>train.bin</c>, <c>val.bin</c>, <c>vocab.json</c>, <c>merges.txt</c>
/// and <c>dataset.json</c> in a folder named after a fingerprint of everything they depend on. A folder is there whole or not at all.
/// </summary>
internal sealed class DatasetCache(string root, Action<string>? progress, int threads)
{
    // Part of every fingerprint; raised when the same input would be prepared differently.
    private const int Format = 2;

    private const string TrainFile = "train.bin", ValidationFile = "val.bin", ManifestFile = "dataset.json";

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    /// <summary>The corpus as tokens, prepared first if the cache does not hold it.</summary>
    /// <exception cref="DataException">The corpus cannot be used.</exception>
    public Dataset Open(Corpus corpus, BpeVocabulary? given, int vocabulary)
    {
        var fingerprint = Fingerprint(corpus, given, vocabulary);
        var folder = Path.Combine(root, fingerprint[..16]);
        if (TryLoad(folder, fingerprint) is { } ready) return ready;

        Directory.CreateDirectory(root);
        var temporary = AtomicFile.TemporaryName(folder);
        try
        {
            Directory.CreateDirectory(temporary);
            Write(corpus, given, vocabulary, fingerprint, temporary);
            // Another process may have prepared the same text meanwhile; its folder is as good as ours.
            if (TryLoad(folder, fingerprint) is { } other) return other;
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            Directory.Move(temporary, folder);
        }
        finally
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        }

        return TryLoad(folder, fingerprint) ?? throw new DataException($"{folder}: changed while it was being prepared");
    }

    private void Write(Corpus corpus, BpeVocabulary? given, int vocabulary, string fingerprint, string folder)
    {
        using var train = new TokenFileWriter(Path.Combine(folder, TrainFile));
        using var validation = new TokenFileWriter(Path.Combine(folder, ValidationFile));
        given?.Save(folder);
        var size = given?.Size ?? vocabulary;
        var manifest = new DatasetManifest(corpus.Name, fingerprint, corpus.Files, 0, 0, size, given?.Merges.Count ?? 0, 0, 0, 0);
        manifest = corpus.IsTokens ? Cut(corpus, manifest, train, validation) : Encode(corpus, given, manifest, folder, train, validation);
        if (validation.Count == 0)
            throw new DataException($"{corpus.Name}: {train.Count} tokens, too few to hold out 5% for validation");
        train.Commit();
        validation.Commit();
        manifest = manifest with { TrainTokens = train.Count, ValidationTokens = validation.Count };
        AtomicFile.Write(Path.Combine(folder, ManifestFile), stream => JsonSerializer.Serialize(stream, manifest, Json));
    }

    private DatasetManifest Encode(Corpus corpus, BpeVocabulary? given, DatasetManifest manifest, string folder, TokenFileWriter train,
        TokenFileWriter validation)
    {
        var pieces = new CorpusPieces(corpus, threads, progress);
        var vocabulary = given;
        if (vocabulary is null)
        {
            var words = pieces.CountWords();
            progress?.Invoke($"training a tokenizer of {manifest.Vocabulary} tokens on {words.Count} distinct words");
            vocabulary = BpeTrainer.Train(words, manifest.Vocabulary);
            vocabulary.Save(folder);
        }

        var unigrams = pieces.Encode(new TextTokenizer(vocabulary), train, validation);
        return manifest with
        {
            Documents = pieces.Documents,
            Characters = pieces.Characters,
            Vocabulary = vocabulary.Size,
            Merges = vocabulary.Merges.Count,
            UnigramEntropy = unigrams.Entropy(),
        };
    }

    // A single shard is one document: its last 5% validate.
    private static DatasetManifest Cut(Corpus corpus, DatasetManifest manifest, TokenFileWriter train, TokenFileWriter validation)
    {
        var unigrams = new UnigramCounts(manifest.Vocabulary);
        using var shard = TokenFile.Open(corpus.Files[0].Path);
        var heldOut = shard.Count / 20;
        ShardFolder.ForEachPiece(shard, 0, shard.Count - heldOut, manifest.Vocabulary, tokens =>
        {
            train.Append(tokens);
            unigrams.Add(tokens);
        });
        ShardFolder.ForEachPiece(shard, shard.Count - heldOut, heldOut, manifest.Vocabulary, validation.Append);
        return manifest with { UnigramEntropy = unigrams.Entropy() };
    }

    private static string Fingerprint(Corpus corpus, BpeVocabulary? given, int vocabulary)
    {
        var text = new StringBuilder().Append(Format).Append('\n');
        foreach (var file in corpus.Files)
            text.Append($"{file.Format} {(file.Hash.Length > 0 ? file.Hash : Corpus.Hash(file.Path))} {file.Bytes} {file.Name}\n");
        if (given is null) text.Append($"vocabulary {vocabulary}");
        else
        {
            foreach (var symbol in given.Symbols) text.Append(symbol).Append('\n');
            foreach (var (left, right) in given.Merges) text.Append($"{left} {right}\n");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    // Whatever is wrong with a cached folder, preparing it again is the answer.
    private static Dataset? TryLoad(string folder, string fingerprint)
    {
        var (train, validation) = (Path.Combine(folder, TrainFile), Path.Combine(folder, ValidationFile));
        var manifestFile = Path.Combine(folder, ManifestFile);
        if (!File.Exists(manifestFile)) return null;
        try
        {
            using var stream = File.OpenRead(manifestFile);
            if (JsonSerializer.Deserialize<DatasetManifest>(stream, Json) is not { } manifest || manifest.Fingerprint != fingerprint) return null;
            using var trainShard = TokenFile.Open(train);
            using var validationShard = TokenFile.Open(validation);
            if (trainShard.Count != manifest.TrainTokens || validationShard.Count != manifest.ValidationTokens) return null;
            var hasTokenizer = File.Exists(Path.Combine(folder, BpeVocabulary.VocabularyFile));
            var tokenizer = hasTokenizer ? TextTokenizer.Load(folder) : null;
            if (tokenizer is not null && (tokenizer.Size != manifest.Vocabulary || tokenizer.Vocabulary.Merges.Count != manifest.Merges)) return null;
            return new Dataset([train], [validation], tokenizer, hasTokenizer ? folder : null, manifest);
        }
        catch (Exception e) when (e is DataException or JsonException or IOException)
        {
            return null;
        }
    }
}
