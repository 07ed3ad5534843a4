using System.Text;
using Microsoft.ML.Tokenizers;

namespace SiaEngine.Train.Data;

/// <summary>
/// Text to token ids and back. Merges are applied by Microsoft.ML.Tokenizers; words are those of <see cref="Gpt2PreTokenizer"/>.
/// </summary>
/// <remarks>
/// <see cref="Decode"/> of <see cref="Encode"/> is the same text for every well-formed string. UTF-8 cannot express a lone surrogate; it is encoded
/// as U+FFFD, as .NET's own UTF-8 encoder does. Text never yields the document separator: a literal <c>&lt;|endoftext|&gt;</c> is ordinary text.
/// </remarks>
public sealed class TextTokenizer
{
    private readonly BpeTokenizer _tokenizer;
    private readonly byte[][] _bytes;

    /// <summary>A tokenizer that runs <paramref name="vocabulary"/>.</summary>
    public TextTokenizer(BpeVocabulary vocabulary)
    {
        Vocabulary = vocabulary;
        List<string> merges = new(vocabulary.Merges.Count);
        foreach (var (left, right) in vocabulary.Merges) merges.Add($"{left} {right}");
        _tokenizer = BpeTokenizer.Create(new BpeOptions(vocabulary.Ids) { Merges = merges, ByteLevel = true, PreTokenizer = new Gpt2PreTokenizer() });
        _bytes = new byte[vocabulary.Symbols.Count][];
        for (var id = 0; id < _bytes.Length; id++) _bytes[id] = BytesOf(vocabulary.Symbols[id]);
    }

    /// <summary>The symbols and merges behind the ids.</summary>
    public BpeVocabulary Vocabulary { get; }

    /// <summary>Number of ids.</summary>
    public int Size => _bytes.Length;

    /// <summary>Id of the document separator, placed before each document.</summary>
    public int Separator => Vocabulary.SeparatorId;

    /// <summary>Reads <c>vocab.json</c> and <c>merges.txt</c> from <paramref name="directory"/>.</summary>
    /// <exception cref="DataException">A file is missing or broken.</exception>
    public static TextTokenizer Load(string directory) => new(BpeVocabulary.Load(directory));

    /// <summary>Ids of <paramref name="text"/>, without a separator.</summary>
    public List<int> Encode(ReadOnlySpan<char> text) => [.. _tokenizer.EncodeToIds(WellFormed(text.ToString()))];

    /// <summary>Text of <paramref name="ids"/>; bytes that are not UTF-8 read as U+FFFD.</summary>
    public string Decode(IEnumerable<int> ids)
    {
        using var bytes = new MemoryStream();
        foreach (var id in ids) bytes.Write(Bytes(id));
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    /// <summary>The bytes one token stands for; a token may hold part of a character, so stream them through a <see cref="Decoder"/>.</summary>
    public ReadOnlySpan<byte> Bytes(int id) => (uint)id < (uint)_bytes.Length ? _bytes[id]
        : throw new ArgumentOutOfRangeException(nameof(id), $"token {id}: the vocabulary has the ids 0..{_bytes.Length - 1}");

    /// <summary>Ids of one word, as <see cref="Gpt2PreTokenizer"/> cuts them, of well-formed text.</summary>
    internal IReadOnlyList<int> EncodeWord(ReadOnlySpan<char> word) =>
        _tokenizer.EncodeToIds(word, considerPreTokenization: false, considerNormalization: false);

    /// <summary><paramref name="text"/> with U+FFFD for every surrogate that has no partner; the same string if it has none.</summary>
    internal static string WellFormed(string text)
    {
        for (var i = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF'); i >= 0 && i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1])) i++;
            else return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        }

        return text;
    }

    private static byte[] BytesOf(string symbol)
    {
        var bytes = new byte[symbol.Length];
        for (var i = 0; i < symbol.Length; i++)
            if (!ByteSymbols.TryByte(symbol[i], out bytes[i]))
                return Encoding.UTF8.GetBytes(symbol); // a special token, written as it is
        return bytes;
    }
}
