using System.Runtime.InteropServices;
using System.Text;

namespace SiaEngine.Train.Data;

/// <summary>
/// Trains a byte-level BPE vocabulary (Sennrich et al. 2016, arXiv:1508.07909): starts from the 256 bytes and repeatedly merges the most frequent pair
/// of neighbouring tokens inside words; among equally frequent pairs the one with the smaller ids wins. Counts are kept up to date incrementally.
/// </summary>
public static class BpeTrainer
{
    /// <summary>Learns up to <paramref name="merges"/> merges; fewer when no pair occurs twice.</summary>
    /// <param name="texts">Texts to count words in.</param>
    /// <param name="merges">Number of merges wanted.</param>
    /// <param name="progress">Called with the number of merges done.</param>
    public static BpeVocabulary Train(IReadOnlyList<string> texts, int merges, Action<int>? progress = null)
    {
        var words = Count(texts);
        var pairs = new PairCounts(words);
        var learned = new List<(int Left, int Right)>(merges);
        while (learned.Count < merges && pairs.TakeMostFrequent() is { } pair)
        {
            pairs.Merge(pair, 256 + learned.Count);
            learned.Add(pair);
            if (learned.Count % 256 == 0) progress?.Invoke(learned.Count);
        }

        return new BpeVocabulary(learned);
    }

    /// <summary>Distinct words as byte tokens with their counts, in an order that depends on the texts alone.</summary>
    private static List<(int[] Tokens, long Count)> Count(IReadOnlyList<string> texts)
    {
        var total = new Dictionary<string, long>();
        Parallel.ForEach(texts, static () => new Dictionary<string, long>(), static (string text, ParallelLoopState _, Dictionary<string, long> local) =>
        {
            var lookup = local.GetAlternateLookup<ReadOnlySpan<char>>();
            foreach (var match in ByteLevel.Words.EnumerateMatches(text))
                CollectionsMarshal.GetValueRefOrAddDefault(lookup, text.AsSpan(match.Index, match.Length), out bool _)++;
            return local;
        }, local =>
        {
            lock (total)
            {
                foreach (var (word, count) in local) CollectionsMarshal.GetValueRefOrAddDefault(total, word, out _) += count;
            }
        });
        return [.. total.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (BpeVocabulary.ByteTokens(Encoding.UTF8.GetBytes(pair.Key)), pair.Value))];
    }

    /// <summary>Counts of neighbouring tokens, the words they occur in, and a queue of candidates with possibly stale counts.</summary>
    private sealed class PairCounts
    {
        private readonly List<(int[] Tokens, long Count)> _words;
        private readonly int[] _lengths;
        private readonly Dictionary<long, long> _counts = [];
        private readonly Dictionary<long, List<int>> _where = [];
        private readonly PriorityQueue<long, (long NegatedCount, long Pair)> _queue = new();

        public PairCounts(List<(int[] Tokens, long Count)> words)
        {
            _words = words;
            _lengths = [.. words.Select(word => word.Tokens.Length)];
            for (var w = 0; w < words.Count; w++)
            {
                for (var i = 0; i + 1 < _lengths[w]; i++) Change(words[w].Tokens[i], words[w].Tokens[i + 1], w, words[w].Count);
            }

            foreach (var (pair, count) in _counts) _queue.Enqueue(pair, (-count, pair));
        }

        public (int Left, int Right)? TakeMostFrequent()
        {
            while (_queue.TryDequeue(out var pair, out var priority))
            {
                var count = _counts.GetValueOrDefault(pair);
                if (count == -priority.NegatedCount) return count < 2 ? null : ((int)(pair >> 32), (int)pair);
                if (count > 1) _queue.Enqueue(pair, (-count, pair));
            }

            return null;
        }

        public void Merge((int Left, int Right) pair, int merged)
        {
            var key = Key(pair.Left, pair.Right);
            var touched = new HashSet<long>();
            foreach (var w in _where[key]) MergeIn(w, pair, merged, touched);
            _where.Remove(key);
            _counts.Remove(key);
            touched.Remove(key);
            foreach (var changed in touched)
            {
                if (_counts.GetValueOrDefault(changed) is > 1 and var count) _queue.Enqueue(changed, (-count, changed));
            }
        }

        private void MergeIn(int w, (int Left, int Right) pair, int merged, HashSet<long> touched)
        {
            var (tokens, count) = _words[w];
            var length = _lengths[w];
            var write = 0;
            for (var read = 0; read < length; read++)
            {
                if (read + 1 == length || tokens[read] != pair.Left || tokens[read + 1] != pair.Right)
                {
                    tokens[write++] = tokens[read];
                    continue;
                }

                if (write > 0)
                {
                    touched.Add(Change(tokens[write - 1], pair.Left, w, -count));
                    touched.Add(Change(tokens[write - 1], merged, w, count));
                }

                if (read + 2 < length)
                {
                    touched.Add(Change(pair.Right, tokens[read + 2], w, -count));
                    touched.Add(Change(merged, tokens[read + 2], w, count));
                }

                tokens[write++] = merged;
                read++;
            }

            _lengths[w] = write;
        }

        /// <summary>Adds to the count of a pair; a pair that gains remembers the word. A word may be listed twice, its second visit finds nothing to merge.</summary>
        private long Change(int left, int right, int w, long count)
        {
            var key = Key(left, right);
            CollectionsMarshal.GetValueRefOrAddDefault(_counts, key, out _) += count;
            if (count <= 0) return key;
            ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(_where, key, out _);
            list ??= [];
            if (list.Count == 0 || list[^1] != w) list.Add(w);
            return key;
        }

        private static long Key(int left, int right) => ((long)left << 32) | (uint)right;
    }
}
