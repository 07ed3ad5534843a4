using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SiaEngine.Train.Data;

/// <summary>Token shards ready for training, with the tokenizer they were made by.</summary>
public sealed class Dataset
{
    private const string ManifestFile = "dataset.json";

    /// <summary>Bumped when the same source would give other tokens.</summary>
    private const int Format = 1;

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    private Dataset(string source, IReadOnlyList<string> train, IReadOnlyList<string> validation, TextTokenizer? tokenizer, string? tokenizerFolder, int vocabulary)
    {
        (Source, Train, Validation) = (source, train, validation);
        (Tokenizer, TokenizerFolder, Vocabulary) = (tokenizer, tokenizerFolder, vocabulary);
    }

    /// <summary>What the tokens were made from.</summary>
    public string Source { get; }

    /// <summary>Training shards, in reading order.</summary>
    public IReadOnlyList<string> Train { get; }

    /// <summary>Validation shards.</summary>
    public IReadOnlyList<string> Validation { get; }

    /// <summary>Tokenizer, if known.</summary>
    public TextTokenizer? Tokenizer { get; }

    /// <summary>Folder of the tokenizer's files, if known.</summary>
    public string? TokenizerFolder { get; }

    /// <summary>Number of ids a model must know.</summary>
    public int Vocabulary { get; }

    /// <summary>Counts of the prepared tokens; null for shards that came ready.</summary>
    public DatasetManifest? Manifest { get; private init; }

    /// <summary>
    /// Prepares a dataset, or reuses what an earlier call left in <paramref name="cache"/> for the same input. Text is tokenized, shards are used as they
    /// are; a folder of shards is split by name: those with "val" in it validate.
    /// </summary>
    /// <param name="path">Text or shards; null for the default corpus.</param>
    /// <param name="tokenizer">Folder of an existing tokenizer; null trains one of <paramref name="vocabulary"/> ids.</param>
    /// <param name="vocabulary">Ids of a tokenizer to be trained, separator included; for shards without a tokenizer, their vocabulary.</param>
    /// <param name="cache">Folder that keeps prepared datasets.</param>
    /// <param name="progress">Called with what is being done.</param>
    /// <exception cref="DataException">Missing, empty or malformed input.</exception>
    public static Dataset Prepare(string? path, string? tokenizer, int vocabulary, string cache, Action<string>? progress = null)
    {
        path ??= Corpus.DefaultPath;
        if (Shards(path) is { Count: > 0 } shards) return FromShards(path, shards, tokenizer, vocabulary);
        if (tokenizer is null && vocabulary is < 257 or > 65536) throw new DataException($"a byte-level vocabulary has 257 to 65536 ids, not {vocabulary}");
        var folder = Path.Combine(cache, Fingerprint(path, tokenizer, vocabulary));
        if (!File.Exists(Path.Combine(folder, ManifestFile))) Build(path, tokenizer, vocabulary, folder, progress);
        var manifest = JsonSerializer.Deserialize<DatasetManifest>(File.ReadAllText(Path.Combine(folder, ManifestFile)), Json)!;
        var text = TextTokenizer.Load(folder);
        return new Dataset(path, [Path.Combine(folder, "train.bin")], [Path.Combine(folder, "val.bin")], text, folder, text.Size) { Manifest = manifest };
    }

    private static Dataset FromShards(string path, List<string> shards, string? tokenizer, int vocabulary)
    {
        var validation = shards.Where(shard => Path.GetFileName(shard).Contains("val", StringComparison.OrdinalIgnoreCase)).ToList();
        var train = shards.Except(validation).ToList();
        var text = tokenizer is null ? null : TextTokenizer.Load(tokenizer);
        return new Dataset(path, train.Count > 0 ? train : validation, validation.Count > 0 ? validation : train, text, tokenizer, text?.Size ?? vocabulary);
    }

    private static List<string> Shards(string path)
    {
        if (Directory.Exists(path))
            return [.. Directory.EnumerateFiles(path, "*.bin").Order(StringComparer.Ordinal)];
        return File.Exists(path) && (path.EndsWith(".bin", StringComparison.OrdinalIgnoreCase) || TokenFile.IsShard(path)) ? [path] : [];
    }

    private static void Build(string path, string? tokenizerFolder, int vocabulary, string folder, Action<string>? progress)
    {
        progress?.Invoke($"reading {path}");
        var documents = Corpus.Read(path);
        var partial = $"{folder}.{Environment.ProcessId}.partial";
        Directory.CreateDirectory(partial);
        try
        {
            if (tokenizerFolder is null)
            {
                progress?.Invoke($"training a tokenizer of {vocabulary} tokens on {documents.Sum(d => (long)d.Text.Length) >> 20} MiB");
                BpeTrainer.Train([.. documents.Select(d => d.Text[..d.ValidationStart])], vocabulary - 257).Write(partial);
            }
            else
            {
                foreach (var file in (string[])[BpeVocabulary.VocabularyFile, BpeVocabulary.MergesFile]) File.Copy(Path.Combine(tokenizerFolder, file), Path.Combine(partial, file));
            }

            progress?.Invoke($"encoding {documents.Count} documents");
            var tokenizer = TextTokenizer.Load(partial);
            if (tokenizer.Size > 65536) throw new DataException($"{tokenizerFolder}: {tokenizer.Size} ids do not fit 16-bit shards; at most 65536 are accepted");
            var (train, validation) = (new ushort[documents.Count][], new ushort[documents.Count][]);
            Parallel.For(0, documents.Count, i =>
            {
                var (text, cut) = (documents[i].Text, documents[i].ValidationStart);
                train[i] = Encode(tokenizer, text.AsSpan(0, cut));
                validation[i] = Encode(tokenizer, text.AsSpan(cut));
            });
            TokenFile.Write(Path.Combine(partial, "train.bin"), train);
            TokenFile.Write(Path.Combine(partial, "val.bin"), validation);
            var manifest = new DatasetManifest(path, documents.Count, documents.Sum(d => (long)d.Text.Length), tokenizer.Size, train.Sum(t => (long)t.Length),
                validation.Sum(t => (long)t.Length), UnigramEntropy(train, tokenizer.Size));
            File.WriteAllText(Path.Combine(partial, ManifestFile), JsonSerializer.Serialize(manifest, Json));
            Directory.Move(partial, folder);
        }
        finally
        {
            if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
        }
    }

    /// <summary>Separator, then the tokens of one document part.</summary>
    private static ushort[] Encode(TextTokenizer tokenizer, ReadOnlySpan<char> text)
    {
        var ids = tokenizer.Encode(text);
        var tokens = new ushort[ids.Count + 1];
        tokens[0] = (ushort)tokenizer.Separator;
        for (var i = 0; i < ids.Count; i++) tokens[i + 1] = (ushort)ids[i];
        return tokens;
    }

    /// <summary>−Σ p ln p of the token frequencies, in nats: the loss of a model that knows frequencies only.</summary>
    private static double UnigramEntropy(ushort[][] pieces, int vocabulary)
    {
        var counts = new long[vocabulary];
        foreach (var piece in pieces)
            foreach (var token in piece) counts[token]++;
        var total = (double)counts.Sum();
        return counts.Where(count => count > 0).Sum(count => -count / total * Math.Log(count / total));
    }

    private static string Fingerprint(string path, string? tokenizer, int vocabulary)
    {
        var text = new StringBuilder().Append(Format).Append('|').Append(tokenizer is null ? vocabulary : -1);
        foreach (var file in Corpus.Files(path)) text.Append('|').Append(Path.GetRelativePath(path, file)).Append(':').Append(Corpus.Hash(file));
        if (tokenizer is not null)
        {
            foreach (var file in (string[])[BpeVocabulary.VocabularyFile, BpeVocabulary.MergesFile])
            {
                var full = Path.Combine(tokenizer, file);
                text.Append('|').Append(File.Exists(full) ? Corpus.Hash(full) : throw new DataException($"{tokenizer}: has no {file}"));
            }
        }

        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16];
    }
}
