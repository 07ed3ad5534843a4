using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace SiaEngine.Train.Data;

/// <summary>
/// Works through a corpus on several threads with bounded memory: documents are cut into pieces between words, a batch of pieces at a time is worked
/// on in parallel, and results come back in the order of the text whatever the number of threads.
/// </summary>
internal sealed class CorpusPieces(Corpus corpus, int threads, Action<string>? progress)
{
    private const int PieceChars = 1 << 18, BatchChars = 1 << 24;

    // More text than this does not change a vocabulary that matters, and it bounds the table of distinct words.
    private const long MaxTokenizerBytes = 1L << 28;

    /// <summary>Documents seen by the last pass.</summary>
    public long Documents { get; private set; }

    /// <summary>Their characters.</summary>
    public long Characters { get; private set; }

    /// <summary>Counts the words of the training parts; of a corpus beyond 256 MiB, of every n-th piece.</summary>
    public WordCounts CountWords()
    {
        var words = new WordCounts();
        var every = 1 + (corpus.Bytes - 1) / MaxTokenizerBytes;
        long number = 0;
        foreach (var batch in Batches("counting words"))
        {
            List<ReadOnlyMemory<char>> texts = [];
            foreach (var piece in batch)
                if (!piece.HeldOut && number++ % every == 0)
                    texts.Add(piece.Text);
            words.Add(texts, threads);
        }

        return words;
    }

    /// <summary>
    /// Encodes every document, the separator before its training part and again before its held-out part, and appends both to their files.
    /// </summary>
    public UnigramCounts Encode(TextTokenizer tokenizer, TokenFileWriter train, TokenFileWriter heldOut)
    {
        var unigrams = new UnigramCounts(tokenizer.Size);
        ConcurrentBag<TokenEncoder> idle = [];
        Span<ushort> separator = [(ushort)tokenizer.Separator];
        foreach (var batch in Batches("encoding text"))
        {
            var ids = new List<ushort>[batch.Count];
            Parallel.For(0, batch.Count, new ParallelOptions { MaxDegreeOfParallelism = threads },
                () => idle.TryTake(out var encoder) ? encoder : new TokenEncoder(tokenizer),
                (i, _, encoder) =>
                {
                    encoder.Encode(batch[i].Text.Span, ids[i] = new List<ushort>(batch[i].Text.Length / 2));
                    return encoder;
                },
                idle.Add);
            for (var i = 0; i < batch.Count; i++)
            {
                var tokens = CollectionsMarshal.AsSpan(ids[i]);
                var file = batch[i].HeldOut ? heldOut : train;
                if (batch[i].IsStart) file.Append(separator);
                file.Append(tokens);
                if (batch[i].HeldOut) continue;
                if (batch[i].IsStart) unigrams.Add(separator);
                unigrams.Add(tokens);
            }
        }

        return unigrams;
    }

    private IEnumerable<List<Piece>> Batches(string stage)
    {
        (Documents, Characters) = (0, 0);
        List<Piece> batch = [];
        var chars = 0;
        progress?.Invoke(stage);
        var consumed = 0.0;
        foreach (var document in corpus.Documents(fraction => consumed = fraction, threads))
        {
            Documents++;
            Characters += document.Text.Length;
            chars += document.Text.Length;
            Cut(document.TrainPart, heldOut: false, batch);
            Cut(document.ValidationPart, heldOut: true, batch);
            if (chars < BatchChars) continue;
            yield return batch;
            progress?.Invoke($"{stage}, {(int)(100 * consumed)}% done");
            (batch, chars) = ([], 0);
        }

        if (batch.Count > 0) yield return batch;
    }

    private static void Cut(ReadOnlyMemory<char> text, bool heldOut, List<Piece> pieces)
    {
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = start + Gpt2PreTokenizer.SafeCut(text.Span[start..], PieceChars);
            pieces.Add(new Piece(text[start..end], start == 0, heldOut));
        }
    }

    private readonly record struct Piece(ReadOnlyMemory<char> Text, bool IsStart, bool HeldOut);
}
