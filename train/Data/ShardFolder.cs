namespace SiaEngine.Train.Data;

/// <summary>Token shards as a dataset, used where they are.</summary>
internal static class ShardFolder
{
    // One shard of the paper's data: enough to know the token frequencies, and to find a wrong vocabulary before training does.
    private const long MaxEntropyTokens = 100_000_000;

    private const int ReadTokens = 1 << 20;

    /// <summary>Divides shards by name into training and validation; null for a single shard, which has to be cut.</summary>
    public static Dataset? Open(Corpus corpus, string? tokenizerFolder, BpeVocabulary? given, int vocabulary, Action<string>? progress)
    {
        List<string> train = [], validation = [];
        foreach (var file in corpus.Files)
            (Path.GetFileName(file.Path).Contains("val", StringComparison.OrdinalIgnoreCase) ? validation : train).Add(file.Path);
        if (validation.Count == 0)
        {
            if (train.Count == 1) return null;
            validation.Add(train[^1]);
            train.RemoveAt(train.Count - 1);
        }

        progress?.Invoke($"reading {corpus.Files.Count} token shards");
        var unigrams = new UnigramCounts(given?.Size ?? vocabulary);
        var (trainTokens, validationTokens) = (Count(train, unigrams), Count(validation, null));
        var merges = given?.Merges.Count ?? 0;
        var manifest = new DatasetManifest(corpus.Name, "", corpus.Files, 0, 0, unigrams.Vocabulary, merges, trainTokens, validationTokens,
            unigrams.Entropy());
        if (validationTokens == 0) throw new DataException($"{corpus.Name}: empty corpus, no tokens to validate on in {corpus.Files.Count} shards");
        return new Dataset(train, validation, given is null ? null : new TextTokenizer(given), tokenizerFolder, manifest);
    }

    /// <summary>Hands the tokens of a range of a shard to <paramref name="use"/>, piece by piece.</summary>
    public static void ForEachPiece(TokenFile shard, long start, long count, int vocabulary, Action<ReadOnlySpan<ushort>> use)
    {
        var buffer = new ushort[Math.Min(count, ReadTokens)];
        for (long done = 0; done < count; done += buffer.Length)
        {
            var tokens = buffer.AsSpan(0, (int)Math.Min(buffer.Length, count - done));
            shard.Read(start + done, tokens, vocabulary);
            use(tokens);
        }
    }

    // Opens each shard, which checks it, and counts the tokens of the first ones.
    private static long Count(List<string> shards, UnigramCounts? unigrams)
    {
        long total = 0;
        foreach (var path in shards)
        {
            using var shard = TokenFile.Open(path);
            if (unigrams is not null)
                ForEachPiece(shard, 0, Math.Clamp(MaxEntropyTokens - total, 0, shard.Count), unigrams.Vocabulary, unigrams.Add);
            total += shard.Count;
        }

        return total;
    }
}
