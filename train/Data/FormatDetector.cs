using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace SiaEngine.Train.Data;

/// <summary>Recognises the format of a file by its first bytes; its extension decides only where the content leaves it open.</summary>
internal static class FormatDetector
{
    private const int HeadBytes = 4096;

    public static readonly string[] Extensions = [".txt", ".md", ".xml", ".jsonl", ".parquet", ".bin"];

    public static CorpusFormat Detect(string path)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        try
        {
            using var file = File.OpenRead(path);
            head = head[..file.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataException.Unreadable(path, e);
        }

        if (head.StartsWith("PAR1"u8)) return CorpusFormat.Parquet;
        if (head.Length >= 4 && BinaryPrimitives.ReadInt32LittleEndian(head) == TokenFile.Magic) return CorpusFormat.TokenShard;
        if (LooksLikeDocumentation(head)) return CorpusFormat.XmlDocumentation;
        if (LooksLikeJsonLines(head)) return CorpusFormat.JsonLines;
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".xml" => CorpusFormat.XmlDocumentation,
            ".jsonl" => CorpusFormat.JsonLines,
            ".parquet" => CorpusFormat.Parquet,
            ".bin" => CorpusFormat.TokenShard,
            _ => CorpusFormat.Text,
        };
    }

    private static bool LooksLikeDocumentation(ReadOnlySpan<byte> head)
    {
        var text = Encoding.UTF8.GetString(head).AsSpan().TrimStart("\uFEFF \r\n\t");
        return text.StartsWith('<') && text.Contains("<doc>", StringComparison.Ordinal);
    }

    // The object may be longer than the head: what is there must be the start of one with a field "text", or of one that goes on.
    private static bool LooksLikeJsonLines(ReadOnlySpan<byte> head)
    {
        head = head.TrimStart("\uFEFF"u8).TrimStart(" \r\n\t"u8);
        if (!head.StartsWith("{"u8)) return false;
        var json = new Utf8JsonReader(head, isFinalBlock: false, state: default);
        try
        {
            while (json.Read())
            {
                if (json.TokenType == JsonTokenType.PropertyName && json.CurrentDepth == 1 && json.ValueTextEquals("text"u8)) return true;
                if (json.TokenType == JsonTokenType.EndObject && json.CurrentDepth == 0) return false;
            }

            return head.Length == HeadBytes;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
