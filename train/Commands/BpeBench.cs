using System.CommandLine;
using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using SiaEngine.Cpu;
using SiaEngine.Train.Data;

namespace SiaEngine.Train.Commands;

/// <summary>
/// <c>sia bench bpe</c>: reading a corpus, counting its words, training a tokenizer and encoding, each timed alone, and bare calls of Microsoft.ML.Tokenizers on a part of the same text.
/// </summary>
internal static class BpeBench
{
    private const int LibraryCharacters = 1 << 22;

    public static Command Create(CommandContext context)
    {
        var data = new Option<string?>("--data") { Description = "Text to use instead of the default corpus." };
        var merges = Options.Whole("--merges", "Merges to learn.", 1, 8192);
        return context.Command("bpe", "Train a tokenizer and encode the corpus, beside bare calls of Microsoft.ML.Tokenizers.", Run, data, merges);

        int Run(ParseResult parsed)
        {
            context.Screen.Result(Measure(parsed.GetValue(data), parsed.GetValue(merges), RowParallel.Threads, context.Stop).ToJsonString());
            return ExitCode.Done;
        }
    }

    private static JsonObject Measure(string? data, int merges, int threads, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        var corpus = Corpus.Open(data);
        if (corpus.IsTokens) throw new ArgumentException($"--data takes text, not token shards: {data}");
        var open = Lap();
        long characters = 0, bytes = 0;
        List<string> texts = [];
        foreach (var document in corpus.Documents(threads: threads))
        {
            stop.ThrowIfCancellationRequested();
            if (characters < LibraryCharacters) texts.Add(document.Text);
            (characters, bytes) = (characters + document.Text.Length, bytes + Encoding.UTF8.GetByteCount(document.Text));
        }

        var read = Lap();
        var pieces = new CorpusPieces(corpus, threads, _ => stop.ThrowIfCancellationRequested());
        var words = pieces.CountWords();
        var count = Lap();
        var vocabulary = BpeTrainer.Train(words, Math.Min(BpeVocabulary.MaxSize, 257 + merges));
        var train = Lap();
        stop.ThrowIfCancellationRequested();
        var tokenizer = new TextTokenizer(vocabulary);
        var folder = Directory.CreateTempSubdirectory("sia-bpe-").FullName;
        long tokens;
        double encode;
        try
        {
            using var trainFile = new TokenFileWriter(Path.Combine(folder, "train.bin"));
            using var heldOut = new TokenFileWriter(Path.Combine(folder, "val.bin"));
            Lap();
            pieces.Encode(tokenizer, trainFile, heldOut);
            encode = Lap();
            tokens = trainFile.Count + heldOut.Count;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        var part = string.Concat(texts).AsSpan();
        part = part[..Gpt2PreTokenizer.SafeCut(part, Math.Min(part.Length, LibraryCharacters))];
        var partBytes = Encoding.UTF8.GetByteCount(part);
        // The library's own table of words is filled by a first pass.
        double library = 0;
        for (var i = 0; i < 2; i++)
        {
            Lap();
            tokenizer.Encode(part);
            library = Lap();
        }

        var ids = new List<ushort>(part.Length);
        var encoder = new TokenEncoder(tokenizer);
        double own = 0;
        for (var i = 0; i < 2; i++)
        {
            ids.Clear();
            Lap();
            encoder.Encode(part, ids);
            own = Lap();
        }

        return new JsonObject
        {
            ["case"] = "bpe",
            ["corpus"] = corpus.Name,
            ["threads"] = threads,
            ["merges"] = vocabulary.Merges.Count,
            ["text_mb"] = Math.Round(bytes / 1e6, 2),
            ["distinct_words"] = words.Count,
            ["tokens"] = tokens,
            ["open_s"] = Math.Round(open, 3),
            ["read_s"] = Math.Round(read, 3),
            ["read_and_count_s"] = Math.Round(count, 3),
            ["train_s"] = Math.Round(train, 3),
            ["read_and_encode_s"] = Math.Round(encode, 3),
            ["prepare_s"] = Math.Round(open + count + train + encode, 3),
            ["prepare_mb_per_s"] = Math.Round(bytes / 1e6 / (open + count + train + encode), 2),
            ["encode_mb_per_s"] = Math.Round(bytes / 1e6 / encode, 2),
            ["encode_one_thread_mb_per_s"] = Math.Round(partBytes / 1e6 / own, 2),
            ["library_one_thread_mb_per_s"] = Math.Round(partBytes / 1e6 / library, 2),
            ["encode_over_library"] = Math.Round(bytes / encode / (threads * (partBytes / library)), 2),
            ["peak_rss_mib"] = Process.GetCurrentProcess().PeakWorkingSet64 >> 20,
        };

        double Lap()
        {
            var seconds = watch.Elapsed.TotalSeconds;
            watch.Restart();
            return seconds;
        }
    }
}
