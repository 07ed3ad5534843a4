using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SiaEngine.Train.Data;

/// <summary>
/// A byte-level BPE vocabulary as <c>vocab.json</c> (symbol to id) and <c>merges.txt</c> (one merge a line, most important first), the two files
/// GPT-2 introduced and every tool reads. Symbols are written in the characters of <see cref="ByteSymbols"/>.
/// </summary>
public sealed class BpeVocabulary
{
    /// <summary>The document separator; it is placed before each document.</summary>
    public const string Separator = "<|endoftext|>";

    /// <summary>Token shards store 16 bits a token.</summary>
    public const int MaxSize = 65_536;

    /// <summary>File of symbols and ids.</summary>
    public const string VocabularyFile = "vocab.json";

    /// <summary>File of merges, in order.</summary>
    public const string MergesFile = "merges.txt";

    private static readonly JsonWriterOptions JsonFormat = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private BpeVocabulary(string[] symbols, Dictionary<string, int> ids, (string Left, string Right)[] merges)
    {
        (Symbols, Ids, Merges) = (symbols, ids, merges);
        SeparatorId = ids[Separator];
    }

    /// <summary>Number of tokens.</summary>
    public int Size => Symbols.Count;

    /// <summary>Symbols by id.</summary>
    public IReadOnlyList<string> Symbols { get; }

    /// <summary>Ids by symbol.</summary>
    public IReadOnlyDictionary<string, int> Ids { get; }

    /// <summary>Merges in the order they apply.</summary>
    public IReadOnlyList<(string Left, string Right)> Merges { get; }

    /// <summary>Id of <see cref="Separator"/>.</summary>
    public int SeparatorId { get; }

    /// <summary>A trained vocabulary: <paramref name="symbols"/> by id, then <see cref="Separator"/> as the last id, as in GPT-2.</summary>
    internal static BpeVocabulary FromTraining(List<string> symbols, List<(string Left, string Right)> merges)
    {
        string[] all = [.. symbols, Separator];
        var ids = new Dictionary<string, int>(all.Length);
        for (var id = 0; id < all.Length; id++) ids.Add(all[id], id);
        return new BpeVocabulary(all, ids, [.. merges]);
    }

    /// <summary>Writes both files into <paramref name="directory"/>.</summary>
    public void Save(string directory)
    {
        Directory.CreateDirectory(directory);
        AtomicFile.Write(Path.Combine(directory, VocabularyFile), stream =>
        {
            using var json = new Utf8JsonWriter(stream, JsonFormat);
            json.WriteStartObject();
            for (var id = 0; id < Symbols.Count; id++) json.WriteNumber(Symbols[id], id);
            json.WriteEndObject();
        });
        AtomicFile.Write(Path.Combine(directory, MergesFile), stream =>
        {
            using var text = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
            text.WriteLine("#version: 0.2");
            foreach (var (left, right) in Merges) text.WriteLine($"{left} {right}");
        });
    }

    /// <summary>Reads both files from <paramref name="directory"/> and checks that any text can be encoded with them.</summary>
    /// <exception cref="DataException">A file is missing or broken; the message names the file and the place.</exception>
    public static BpeVocabulary Load(string directory)
    {
        if (!Directory.Exists(directory))
            throw new DataException($"{directory}: no such tokenizer folder; it must hold {VocabularyFile} and {MergesFile}");
        var vocabulary = Path.Combine(directory, VocabularyFile);
        var ids = ReadIds(vocabulary);
        return new BpeVocabulary(SymbolsById(vocabulary, ids), ids, ReadMerges(Path.Combine(directory, MergesFile), ids));
    }

    private static Dictionary<string, int> ReadIds(string path)
    {
        var bytes = ReadFile(path);
        try
        {
            using var json = JsonDocument.Parse(bytes);
            if (json.RootElement.ValueKind != JsonValueKind.Object) throw new DataException($"{path}: must be one JSON object of symbol: id");
            Dictionary<string, int> ids = [];
            foreach (var entry in json.RootElement.EnumerateObject())
            {
                if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetInt32(out var id))
                    throw new DataException($"{path}: the id of {JsonEncodedText.Encode(entry.Name)} must be a whole number");
                if (!ids.TryAdd(entry.Name, id)) throw new DataException($"{path}: {JsonEncodedText.Encode(entry.Name)} appears twice");
            }

            return ids;
        }
        catch (JsonException e)
        {
            throw new DataException($"{path}: not valid JSON at line {e.LineNumber + 1}", e);
        }
    }

    private static string[] SymbolsById(string path, Dictionary<string, int> ids)
    {
        if (ids.Count > MaxSize) throw new DataException($"{path}: {ids.Count} tokens; token shards hold at most {MaxSize}");
        var symbols = new string?[ids.Count];
        foreach (var (symbol, id) in ids)
        {
            if ((uint)id >= (uint)symbols.Length)
                throw new DataException($"{path}: id {id}; {symbols.Length} symbols must have the ids 0..{symbols.Length - 1}");
            if (symbols[id] is not null) throw new DataException($"{path}: id {id} is given twice");
            symbols[id] = symbol;
        }

        for (var b = 0; b < 256; b++)
            if (!ids.ContainsKey(ByteSymbols.Symbol((byte)b).ToString()))
                throw new DataException($"{path}: no symbol for byte 0x{b:x2}; a byte-level vocabulary holds all 256");
        if (!ids.ContainsKey(Separator)) throw new DataException($"{path}: no {Separator}, the document separator");
        return symbols!;
    }

    private static (string, string)[] ReadMerges(string path, Dictionary<string, int> ids)
    {
        List<(string, string)> merges = [];
        var line = 0;
        foreach (var range in Encoding.UTF8.GetString(ReadFile(path)).Split('\n'))
        {
            line++;
            var text = range.TrimEnd('\r');
            if (text.Length == 0 || (line == 1 && text.StartsWith("#version", StringComparison.Ordinal))) continue;
            if (text.Split(' ') is not [{ Length: > 0 } left, { Length: > 0 } right])
                throw new DataException($"{path}: line {line} must be two symbols with one space between them");
            foreach (var symbol in (ReadOnlySpan<string>)[left, right, left + right])
                if (!ids.ContainsKey(symbol))
                    throw new DataException($"{path}: line {line}: {symbol} is not in {VocabularyFile}");
            merges.Add((left, right));
        }

        return [.. merges];
    }

    private static byte[] ReadFile(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (FileNotFoundException)
        {
            throw new DataException($"{path}: no such file; a tokenizer folder holds {VocabularyFile} and {MergesFile}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataException.Unreadable(path, e);
        }
    }
}
