using System.Runtime.InteropServices;
using System.Text;

namespace SiaEngine.Train.Data;

/// <summary>
/// Trains byte-level byte-pair encoding (Sennrich et al. 2016, arXiv:1508.07909; bytes as in GPT-2): again and again the most frequent
/// pair of neighbouring symbols becomes a symbol. Of equally frequent pairs the one with the smaller left id wins, then the smaller right id.
/// </summary>
/// <remarks>
/// Words are counted once and kept as symbol sequences. A merge visits only the words that hold the pair and changes only the counts of the pairs
/// beside it, so the whole training costs about one visit per word and merge inside it, whatever the number of merges.
/// </remarks>
public sealed class BpeTrainer
{
    private readonly List<string> _vocabulary = [];

    // A word is symbols[_start[w] .. _start[w] + _length[w]]; merges shorten it in place.
    private readonly int[] _symbols, _start, _length;
    private readonly long[] _weight;
    private readonly Dictionary<Pair, long> _counts = [];
    private readonly Dictionary<Pair, List<int>> _words = [];
    private readonly PriorityQueue<Pair, Candidate> _queue = new();
    private readonly HashSet<Pair> _grown = [];

    private BpeTrainer(WordCounts words)
    {
        var alphabet = new string[256];
        for (var b = 0; b < 256; b++) alphabet[ByteSymbols.Id((byte)b)] = ByteSymbols.Symbol((byte)b).ToString();
        _vocabulary.AddRange(alphabet);

        (_start, _length, _weight) = (new int[words.Count], new int[words.Count], new long[words.Count]);
        List<int> symbols = [];
        var bytes = new byte[64];
        var w = 0;
        foreach (var (word, count) in words.Words)
        {
            if (bytes.Length < 3 * word.Length) bytes = new byte[3 * word.Length];
            (_start[w], _length[w], _weight[w]) = (symbols.Count, Encoding.UTF8.GetBytes(word, bytes), count);
            foreach (var b in bytes.AsSpan(0, _length[w])) symbols.Add(ByteSymbols.Id(b));
            w++;
        }

        _symbols = [.. symbols];
        for (w = 0; w < _start.Length; w++)
            for (var i = 1; i < _length[w]; i++)
                Change(new Pair(_symbols[_start[w] + i - 1], _symbols[_start[w] + i]), _weight[w], w);
        QueueGrown();
    }

    /// <summary>
    /// Learns a vocabulary of <paramref name="size"/> tokens: the bytes, the merges and <see cref="BpeVocabulary.Separator"/>; fewer tokens when no
    /// pair is left that occurs twice.
    /// </summary>
    /// <exception cref="DataException">The size is not one of 257 to 65,536.</exception>
    public static BpeVocabulary Train(WordCounts words, int size)
    {
        CheckSize(size);
        var trainer = new BpeTrainer(words);
        List<(string, string)> merges = [];
        while (trainer._vocabulary.Count + 1 < size && trainer.TakeBest(out var best))
        {
            var (left, right) = (trainer._vocabulary[best.Left], trainer._vocabulary[best.Right]);
            trainer.Merge(best, trainer._vocabulary.Count);
            trainer._vocabulary.Add(left + right);
            merges.Add((left, right));
        }

        return BpeVocabulary.FromTraining(trainer._vocabulary, merges);
    }

    /// <summary>Refuses sizes that cannot be trained.</summary>
    /// <exception cref="DataException">The size is not one of 257 to 65,536.</exception>
    public static void CheckSize(int size)
    {
        if (size is < 257 or > BpeVocabulary.MaxSize) throw new DataException($"vocabulary of {size} tokens: must be 257 to {BpeVocabulary.MaxSize}");
    }

    // Counts in the queue are those of the moment a pair grew; a pair that has shrunk since goes back with its present count.
    private bool TakeBest(out Pair best)
    {
        while (_queue.TryDequeue(out best, out var queued))
        {
            var count = _counts.GetValueOrDefault(best);
            if (count < 2) continue;
            if (count == queued.Count) return true;
            _queue.Enqueue(best, new Candidate(count, best));
        }

        return false;
    }

    private void Merge(Pair pair, int merged)
    {
        _words.Remove(pair, out var words);
        foreach (var w in words!)
        {
            var word = _symbols.AsSpan(_start[w], _length[w]);
            var weight = _weight[w];
            var (read, write) = (0, 0);
            while (read < word.Length)
            {
                if (read + 1 == word.Length || word[read] != pair.Left || word[read + 1] != pair.Right)
                {
                    word[write++] = word[read++];
                    continue;
                }

                // What stands left is already rewritten and what stands right is not yet, so counts follow the word step by step;
                // this is right for runs such as "aaaa" too.
                Change(pair, -weight, w);
                if (write > 0)
                {
                    Change(new Pair(word[write - 1], pair.Left), -weight, w);
                    Change(new Pair(word[write - 1], merged), weight, w);
                }

                if (read + 2 < word.Length)
                {
                    Change(new Pair(pair.Right, word[read + 2]), -weight, w);
                    Change(new Pair(merged, word[read + 2]), weight, w);
                }

                word[write++] = merged;
                read += 2;
            }

            _length[w] = write;
        }

        _counts.Remove(pair);
        QueueGrown();
    }

    private void Change(Pair pair, long weight, int word)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_counts, pair, out _) += weight;
        if (weight < 0) return;
        _grown.Add(pair);
        ref var words = ref CollectionsMarshal.GetValueRefOrAddDefault(_words, pair, out _);
        words ??= [];
        if (words.Count == 0 || words[^1] != word) words.Add(word);
    }

    private void QueueGrown()
    {
        foreach (var pair in _grown)
            if (_counts[pair] >= 2)
                _queue.Enqueue(pair, new Candidate(_counts[pair], pair));
        _grown.Clear();
    }

    private readonly record struct Pair(int Left, int Right);

    private readonly record struct Candidate(long Count, Pair Pair) : IComparable<Candidate>
    {
        public int CompareTo(Candidate other) =>
            Count != other.Count ? other.Count.CompareTo(Count)
            : Pair.Left != other.Pair.Left ? Pair.Left.CompareTo(other.Pair.Left)
            : Pair.Right.CompareTo(other.Pair.Right);
    }
}
