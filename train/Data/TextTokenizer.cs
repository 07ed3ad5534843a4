using System.Text;
using System.Text.Json;
using Microsoft.ML.Tokenizers;

namespace SiaEngine.Train.Data;

/// <summary>Encodes and decodes text with a byte-level BPE vocabulary; run by Microsoft.ML.Tokenizers.</summary>
public sealed class TextTokenizer
{
    private const int ChunkLength = 1 << 16;

    private readonly BpeTokenizer _bpe;
    private readonly byte[][] _bytes;

    private TextTokenizer(BpeTokenizer bpe, byte[][] bytes, int separator) => (_bpe, _bytes, Separator) = (bpe, bytes, separator);

    /// <summary>Id of the document separator.</summary>
    public int Separator { get; }

    /// <summary>Number of ids.</summary>
    public int Size => _bytes.Length;

    /// <summary>Reads <c>vocab.json</c> and <c>merges.txt</c>.</summary>
    /// <exception cref="DataException">A file is missing or malformed.</exception>
    public static TextTokenizer Load(string folder)
    {
        var (vocabularyFile, mergesFile) = (Path.Combine(folder, BpeVocabulary.VocabularyFile), Path.Combine(folder, BpeVocabulary.MergesFile));
        try
        {
            var vocabulary = JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(vocabularyFile)) ?? [];
            var bytes = new byte[vocabulary.Count][];
            foreach (var (token, id) in vocabulary)
            {
                if (id < 0 || id >= bytes.Length || bytes[id] is not null) throw new DataException($"{vocabularyFile}: ids must be 0 to {bytes.Length - 1}, each once; '{token}' has {id}");
                bytes[id] = token == BpeVocabulary.Separator ? Encoding.UTF8.GetBytes(token) : Bytes(token, vocabularyFile);
            }

            if (!vocabulary.TryGetValue(BpeVocabulary.Separator, out var separator)) throw new DataException($"{vocabularyFile}: has no token {BpeVocabulary.Separator}");
            var merges = File.ReadLines(mergesFile).Where(line => line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal)).ToArray();
            var options = new BpeOptions(vocabulary.Where(pair => pair.Key != BpeVocabulary.Separator))
            {
                Merges = merges,
                ByteLevel = true,
                PreTokenizer = new RegexPreTokenizer(ByteLevel.Words, null),
            };
            return new TextTokenizer(BpeTokenizer.Create(options), bytes, separator);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or ArgumentException or FormatException or InvalidOperationException)
        {
            throw new DataException($"{folder}: not a tokenizer folder with {BpeVocabulary.VocabularyFile} and {BpeVocabulary.MergesFile} ({e.Message})", e);
        }
    }

    /// <summary>Ids of a text. Lone surrogates, which UTF-8 cannot hold, become U+FFFD.</summary>
    public List<int> Encode(ReadOnlySpan<char> text)
    {
        var ids = new List<int>(text.Length / 3);
        while (text.Length > 0)
        {
            var length = Chunk(text);
            ids.AddRange(_bpe.EncodeToIds(WellFormed(text[..length]), considerNormalization: false));
            text = text[length..];
        }

        return ids;
    }

    /// <summary>Text of ids; bytes that are not UTF-8 become U+FFFD.</summary>
    public string Decode(IEnumerable<int> ids)
    {
        var bytes = new List<byte>();
        foreach (var id in ids) bytes.AddRange(Bytes(id));
        return Encoding.UTF8.GetString([.. bytes]);
    }

    /// <summary>UTF-8 bytes of one token.</summary>
    public ReadOnlySpan<byte> Bytes(int id) => _bytes[id];

    /// <summary>End of a piece that can be encoded alone: after a line end that is followed by something other than white space.</summary>
    private static int Chunk(ReadOnlySpan<char> text)
    {
        for (var i = ChunkLength; i < text.Length; i++)
            if (text[i - 1] == '\n' && !char.IsWhiteSpace(text[i])) return i;
        return text.Length;
    }

    private static string WellFormed(ReadOnlySpan<char> text)
    {
        var copy = text.ToString();
        for (var i = 0; i < copy.Length; i++)
        {
            if (!char.IsSurrogate(copy[i])) continue;
            if (char.IsHighSurrogate(copy[i]) && i + 1 < copy.Length && char.IsLowSurrogate(copy[i + 1])) i++;
            else return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(copy));
        }

        return copy;
    }

    private static byte[] Bytes(string token, string file)
    {
        var bytes = new byte[token.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            var b = 0;
            while (b < 256 && ByteLevel.Letters[b] != token[i]) b++;
            bytes[i] = b < 256 ? (byte)b : throw new DataException($"{file}: token '{token}' holds '{token[i]}', which stands for no byte");
        }

        return bytes;
    }
}
