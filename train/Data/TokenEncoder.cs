namespace SiaEngine.Train.Data;

/// <summary>
/// Encodes much text with one tokenizer: each distinct word goes through the merges once, then comes from a table. One encoder per thread.
/// </summary>
public sealed class TokenEncoder
{
    // Text in natural language holds far fewer distinct words; generated text (hashes, numbers) must not fill the memory.
    private const int MaxWords = 1 << 19;

    private readonly TextTokenizer _tokenizer;
    private readonly Dictionary<string, ushort[]> _words = [];
    private readonly Dictionary<string, ushort[]>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

    /// <summary>An encoder with an empty table.</summary>
    public TokenEncoder(TextTokenizer tokenizer)
    {
        _tokenizer = tokenizer;
        _bySpan = _words.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Appends the ids of <paramref name="text"/>, which must be well-formed UTF-16 and begin and end between words.</summary>
    public void Encode(ReadOnlySpan<char> text, List<ushort> ids)
    {
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = Gpt2PreTokenizer.NextEnd(text, start);
            ids.AddRange(WordIds(text[start..end]));
        }
    }

    private ReadOnlySpan<ushort> WordIds(ReadOnlySpan<char> word)
    {
        if (_bySpan.TryGetValue(word, out var ids)) return ids;
        var merged = _tokenizer.EncodeWord(word);
        ids = new ushort[merged.Count];
        for (var i = 0; i < ids.Length; i++) ids[i] = (ushort)merged[i];
        if (_words.Count == MaxWords) _words.Clear();
        _bySpan[word] = ids;
        return ids;
    }
}
