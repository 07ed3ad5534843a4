using System.Text;
using SiaEngine.Train.Data;

namespace SiaEngine.Tests.Train.Data;

/// <summary>Byte-pair encoding as its definition reads: recount every pair of every word for each merge. Quadratic.</summary>
internal static class NaiveBpe
{
    public static List<string> Words(string text)
    {
        List<string> words = [];
        for (int start = 0, end; start < text.Length; start = end) words.Add(text[start..(end = Gpt2PreTokenizer.NextEnd(text, start))]);
        return words;
    }

    /// <summary>Merges in order; symbols in the order their ids are given.</summary>
    public static (List<(string Left, string Right)> Merges, List<string> Symbols) Train(string text, int size)
    {
        List<string> symbols = [.. Enumerable.Range(0, 256).Select(b => ByteSymbols.Symbol((byte)b).ToString()).Order(StringComparer.Ordinal)];
        List<(string, string)> merges = [];
        List<List<string>> words = [.. Words(text).Select(Symbols)];
        while (symbols.Count + 1 < size)
        {
            Dictionary<(string Left, string Right), int> counts = [];
            foreach (var word in words)
                for (var i = 1; i < word.Count; i++)
                    counts[(word[i - 1], word[i])] = counts.GetValueOrDefault((word[i - 1], word[i])) + 1;
            var ranked = counts.Where(c => c.Value >= 2).Select(c => (-c.Value, symbols.IndexOf(c.Key.Left), symbols.IndexOf(c.Key.Right)));
            var best = ranked.Order().ToList();
            if (best.Count == 0) break;
            var (left, right) = (symbols[best[0].Item2], symbols[best[0].Item3]);
            merges.Add((left, right));
            symbols.Add(left + right);
            foreach (var word in words) Merge(word, left, right);
        }

        symbols.Add(BpeVocabulary.Separator);
        return (merges, symbols);
    }

    /// <summary>Applies the merges one after another, each to the whole word from left to right.</summary>
    public static List<int> Encode(string text, BpeVocabulary vocabulary)
    {
        List<int> ids = [];
        foreach (var word in Words(text))
        {
            var symbols = Symbols(word);
            foreach (var (left, right) in vocabulary.Merges) Merge(symbols, left, right);
            ids.AddRange(symbols.Select(symbol => vocabulary.Ids[symbol]));
        }

        return ids;
    }

    private static List<string> Symbols(string word) => [.. Encoding.UTF8.GetBytes(word).Select(b => ByteSymbols.Symbol(b).ToString())];

    private static void Merge(List<string> word, string left, string right)
    {
        for (var i = 0; i + 1 < word.Count; i++)
        {
            if (word[i] != left || word[i + 1] != right) continue;
            word[i] = left + right;
            word.RemoveAt(i + 1);
        }
    }
}
