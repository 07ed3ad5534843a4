using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Parquet;
using Parquet.Schema;

namespace SiaEngine.Train.Data;

/// <summary>Reads the documents out of one file, whatever its format.</summary>
internal static class TextFile
{
    // A document is one string; beyond this a file is better given as several.
    private const long MaxTextBytes = 1L << 29;

    /// <summary>The documents of <paramref name="file"/>, read as they are asked for, each with the fraction of the file consumed, 0 to 1.</summary>
    public static IEnumerable<(Document Document, double Consumed)> Documents(CorpusFile file) => file.Format switch
    {
        CorpusFormat.Text => PlainText(file),
        CorpusFormat.XmlDocumentation => Documentation(file),
        CorpusFormat.JsonLines => JsonLines(file),
        CorpusFormat.Parquet => ParquetRows(file),
        _ => throw new ArgumentException($"{file.Path}: {file.Format} holds no text", nameof(file)),
    };

    private static IEnumerable<(Document, double)> PlainText(CorpusFile file)
    {
        if (file.Bytes > MaxTextBytes)
            throw new DataException($"{file.Path}: {file.Bytes >> 20} MiB in one text file; split it into files of at most {MaxTextBytes >> 20} MiB");
        var bytes = File.ReadAllBytes(file.Path);
        yield return (new Document(file.Name, Decode(bytes, file.Path)), 1);
    }

    private static string Decode(ReadOnlySpan<byte> bytes, string path)
    {
        if (bytes is [0xFF, 0xFE, ..]) return Encoding.Unicode.GetString(bytes[2..]);
        if (bytes is [0xFE, 0xFF, ..]) return Encoding.BigEndianUnicode.GetString(bytes[2..]);
        if (bytes is [0xEF, 0xBB, 0xBF, ..]) bytes = bytes[3..];
        var zero = bytes.IndexOf((byte)0);
        if (zero >= 0) throw new DataException($"{path}: not text: byte 0x00 at offset {zero}");
        if (Utf8.IsValid(bytes)) return Encoding.UTF8.GetString(bytes);
        var offset = 0;
        while (Rune.DecodeFromUtf8(bytes[offset..], out _, out var width) == System.Buffers.OperationStatus.Done) offset += width;
        throw new DataException($"{path}: not UTF-8: byte 0x{bytes[offset]:x2} at offset {offset}");
    }

    private static IEnumerable<(Document, double)> Documentation(CorpusFile file)
    {
        using var stream = File.OpenRead(file.Path);
        foreach (var document in XmlDocumentation.Read(stream, file.Path)) yield return (document, 1);
    }

    private static IEnumerable<(Document, double)> JsonLines(CorpusFile file)
    {
        using var stream = File.OpenRead(file.Path);
        using var lines = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true));
        for (var number = 1; Line(lines, file.Path, number) is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            var text = TextField(line, $"{file.Path}: line {number}");
            yield return (new Document($"{file.Name}:{number}", text), (double)stream.Position / stream.Length);
        }
    }

    // The reader decodes a buffer at a time, so a bad byte shows up to a buffer before its own line.
    private static string? Line(StreamReader lines, string path, int number)
    {
        try
        {
            return lines.ReadLine();
        }
        catch (DecoderFallbackException e)
        {
            throw new DataException($"{path}: line {number} or soon after: not UTF-8", e);
        }
    }

    private static string TextField(string line, string place)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("text", out var text)
                && text.ValueKind == JsonValueKind.String)
                return text.GetString()!;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new DataException($"{place}: not valid JSON", e);
        }

        throw new DataException($"{place}: must be a JSON object with a string field \"text\"");
    }

    private static IEnumerable<(Document, double)> ParquetRows(CorpusFile file)
    {
        var reader = Parquet(file.Path, () => ParquetReader.CreateAsync(file.Path));
        try
        {
            var columns = reader.Schema.Fields.Select(field => field.Name);
            var column = Array.Find(reader.Schema.GetDataFields(), IsText)
                ?? throw new DataException($"{file.Path}: no text column \"text\"; the columns are {string.Join(", ", columns)}");
            long row = 0;
            for (var group = 0; group < reader.RowGroupCount; group++)
            {
                using var rows = reader.OpenRowGroupReader(group);
                var texts = new string?[rows.RowCount];
                Parquet(file.Path, async () =>
                {
                    await rows.ReadAsync(column, texts.AsMemory()!);
                    return 0;
                });
                foreach (var text in texts)
                {
                    row++;
                    if (text is not null) yield return (new Document($"{file.Name}:{row}", text), (group + 1.0) / reader.RowGroupCount);
                }
            }
        }
        finally
        {
            reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static bool IsText(DataField field) =>
        field.Path.ToString() == "text" && (field.ClrType == typeof(string) || field.ClrType == typeof(ReadOnlyMemory<char>));

    // A broken file surfaces as any exception of the reader's; it is input, so it is one line.
    private static T Parquet<T>(string path, Func<Task<T>> read)
    {
        try
        {
            return read().GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new DataException($"{path}: not a readable Parquet file: {DataException.FirstLine(e.Message)}", e);
        }
    }
}
