using System.Runtime.InteropServices;

namespace SiaEngine.Train.Data;

/// <summary>How often each word of <see cref="Gpt2PreTokenizer"/> occurs: all that BPE training needs to know of a text.</summary>
/// <remarks>Sums do not depend on how the text was split over threads, so neither does anything trained from them.</remarks>
public sealed class WordCounts
{
    private readonly Dictionary<string, long> _counts = [];

    /// <summary>Distinct words.</summary>
    public int Count => _counts.Count;

    /// <summary>Words with their counts, in no particular order.</summary>
    public IEnumerable<KeyValuePair<string, long>> Words => _counts;

    /// <summary>Counts the words of texts that begin and end between words, on several threads.</summary>
    public void Add(IReadOnlyList<ReadOnlyMemory<char>> texts, int threads)
    {
        Parallel.For(0, texts.Count, new ParallelOptions { MaxDegreeOfParallelism = threads }, static () => new Dictionary<string, long>(),
            (i, _, counts) =>
            {
                AddText(counts.GetAlternateLookup<ReadOnlySpan<char>>(), texts[i].Span);
                return counts;
            },
            counts =>
            {
                lock (_counts)
                    foreach (var (word, count) in counts)
                        CollectionsMarshal.GetValueRefOrAddDefault(_counts, word, out _) += count;
            });
    }

    private static void AddText(Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> counts, ReadOnlySpan<char> text)
    {
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = Gpt2PreTokenizer.NextEnd(text, start);
            CollectionsMarshal.GetValueRefOrAddDefault(counts, text[start..end], out _)++;
        }
    }
}
