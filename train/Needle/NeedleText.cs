using SiaEngine.Train.Data;

namespace SiaEngine.Train.Needle;

/// <summary>
/// Prompts of the needle task (arXiv:2505.17083 G.2): text of a corpus with three sentences <c>The special magic CITY number is NUMBER.</c> at random places, a line
/// end, then the answer <c>city=number;city=number;city=number</c> in the order of the text. Prompt and answer together have exactly the wanted number of tokens; only
/// filler is cut.
/// </summary>
/// <remarks>
/// Example n depends on seed, stream and n alone. Filler is one window at a random place of the shards, which runs over documents as the corpus has them. A needle
/// stands after the end of a sentence, of a line or of a document, never inside a word.
/// </remarks>
internal sealed class NeedleText : IDisposable
{
    /// <summary>Needles per prompt.</summary>
    public const int Needles = 3;

    private const ulong DrawsPerExample = 16;

    private readonly TextTokenizer _tokenizer;
    private readonly TokenFile[] _shards;
    private readonly Philox _random;
    private readonly int _vocabulary;
    private readonly bool _colliding;
    private readonly bool[] _ends;

    /// <summary>Prompts over the text of some shards.</summary>
    public NeedleText(TextTokenizer tokenizer, IReadOnlyList<string> shards, int vocabulary, ulong seed, ulong stream, bool colliding)
    {
        (_tokenizer, _vocabulary, _colliding, _random) = (tokenizer, vocabulary, colliding, new Philox(seed, stream));
        _shards = [.. shards.Select(TokenFile.Open)];
        _ends = new bool[Math.Max(vocabulary, tokenizer.Size)];
        for (var id = 0; id < tokenizer.Size; id++) _ends[id] = id == tokenizer.Separator || (tokenizer.Bytes(id) is { Length: > 0 } bytes && ".!?\n"u8.Contains(bytes[^1]));
    }

    /// <summary>Token that ends an answer.</summary>
    public int End => _tokenizer.Separator;

    /// <summary>Refuses lengths that needles and answer do not always fit into.</summary>
    /// <exception cref="ArgumentException">The length is too short; the message has the shortest.</exception>
    public void Check(int length)
    {
        // A number is at most 7 tokens, and one more for the space before it.
        var most = Cities.Names.Max(city => _tokenizer.Encode($" The special magic {city} number is").Count + _tokenizer.Encode($"{city}=;").Count + 8 + 1 + 7);
        var least = Needles * most + _tokenizer.Encode("\n").Count + 1;
        if (length < least) throw new ArgumentException($"three needles and their answer take up to {least - 1} tokens and do not fit into a context of {length}; accepted are contexts from {least} on");
    }

    /// <summary>Example <paramref name="number"/> of <paramref name="length"/> tokens, a length that <see cref="Check"/> accepts.</summary>
    /// <exception cref="DataException">The shards hold too little filler.</exception>
    public NeedleExample Example(long number, int length)
    {
        var index = (ulong)number * DrawsPerExample;
        var cities = Cities.Draw(_random, index, Needles, _colliding);
        var needles = cities.Select((city, k) => (City: city, Number: ContextLoss.Key((int)(1_000_000 + _random.Below(index + Needles + (ulong)k, 9_000_000))))).ToArray();
        var sentences = Array.ConvertAll(needles, needle => _tokenizer.Encode($" The special magic {needle.City} number is {needle.Number}."));
        var lineEnd = _tokenizer.Encode("\n");
        var answer = _tokenizer.Encode(new NeedleExample([], 0, needles).Answer);
        var room = length - sentences.Sum(sentence => sentence.Count) - lineEnd.Count - answer.Count;
        var filler = Filler(index + 2 * Needles, room);
        var places = Places(filler, index + 2 * Needles + 1);
        var tokens = new List<int>(length);
        for (var (at, next) = (0, 0); at <= filler.Length; at++)
        {
            for (; next < Needles && places[next] == at; next++) tokens.AddRange(sentences[next]);
            if (at < filler.Length) tokens.Add(filler[at]);
        }

        tokens.AddRange(lineEnd);
        var prompt = tokens.Count;
        tokens.AddRange(answer);
        return new([.. tokens], prompt, needles);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var shard in _shards) shard.Dispose();
    }

    private ushort[] Filler(ulong index, int count)
    {
        var windows = _shards.Sum(shard => Math.Max(0, shard.Count - count + 1));
        if (windows == 0) throw new DataException($"{_shards[0].Path}: {_shards.Max(shard => shard.Count)} tokens are too few for {count} tokens of filler");
        var window = _random.Below(index, windows);
        var filler = new ushort[count];
        foreach (var shard in _shards)
        {
            var own = Math.Max(0, shard.Count - count + 1);
            if (window < own)
            {
                shard.Read(window, filler, _vocabulary);
                break;
            }

            window -= own;
        }

        return filler;
    }

    /// <summary>Filler tokens before each needle, ascending: uniform over the places after an end, or over all places if there is none.</summary>
    private int[] Places(ushort[] filler, ulong index)
    {
        var ends = Enumerable.Range(1, filler.Length).Where(place => _ends[filler[place - 1]]).ToArray();
        if (ends.Length == 0) ends = [.. Enumerable.Range(0, filler.Length + 1)];
        return [.. Enumerable.Range(0, Needles).Select(k => ends[_random.Below(index + (ulong)k, ends.Length)]).Order()];
    }
}
