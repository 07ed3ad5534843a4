using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SiaEngine.Train.Data;

/// <summary>A trained byte-level BPE vocabulary: ids 0-255 are the bytes, then one id per merge, last the document separator.</summary>
/// <param name="merges">Pairs of ids, in the order they were learned.</param>
public sealed class BpeVocabulary(IReadOnlyList<(int Left, int Right)> merges)
{
    /// <summary>Separator placed before each document.</summary>
    public const string Separator = "<|endoftext|>";

    /// <summary>File of the id of each token.</summary>
    public const string VocabularyFile = "vocab.json";

    /// <summary>File of the merges, in order.</summary>
    public const string MergesFile = "merges.txt";

    /// <summary>Pairs of ids, in the order they were learned.</summary>
    public IReadOnlyList<(int Left, int Right)> Merges { get; } = merges;

    /// <summary>Number of tokens, the separator included.</summary>
    public int Size => 257 + Merges.Count;

    /// <summary>Tokens as written in vocabulary files, by id.</summary>
    public string[] Tokens()
    {
        var tokens = new string[Size];
        for (var b = 0; b < 256; b++) tokens[b] = ByteLevel.Letters[b].ToString();
        for (var i = 0; i < Merges.Count; i++) tokens[256 + i] = tokens[Merges[i].Left] + tokens[Merges[i].Right];
        tokens[^1] = Separator;
        return tokens;
    }

    /// <summary>Writes <c>vocab.json</c> and <c>merges.txt</c>, the files every GPT-2 style tokenizer reads.</summary>
    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        var tokens = Tokens();
        using (var stream = File.Create(Path.Combine(folder, VocabularyFile)))
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            for (var id = 0; id < tokens.Length; id++) json.WriteNumber(tokens[id], id);
            json.WriteEndObject();
        }

        var lines = new StringBuilder("#version: 0.2\n");
        foreach (var (left, right) in Merges) lines.Append(tokens[left]).Append(' ').Append(tokens[right]).Append('\n');
        File.WriteAllText(Path.Combine(folder, MergesFile), lines.ToString());
    }

    internal static int[] ByteTokens(byte[] bytes) => Array.ConvertAll(bytes, static b => (int)b);
}
