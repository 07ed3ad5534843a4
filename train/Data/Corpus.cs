using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Parquet;

namespace SiaEngine.Train.Data;

/// <summary>Reads documents from what <c>--data</c> names: text, Markdown, XML documentation, JSON lines, Parquet, a file or a folder of them.</summary>
public static class Corpus
{
    private static readonly string[] Extensions = [".txt", ".md", ".xml", ".jsonl", ".parquet"];

    /// <summary>The installed SDK's reference packs, whose XML documentation is the default corpus.</summary>
    /// <exception cref="DataException">No packs folder was found; the message names the places.</exception>
    public static string DefaultPath
    {
        get
        {
            string?[] roots =
            [
                Environment.GetEnvironmentVariable("DOTNET_ROOT"),
                Path.GetDirectoryName(Environment.ProcessPath),
                Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "../../..")),
                "/usr/share/dotnet", "/usr/lib/dotnet", @"C:\Program Files\dotnet",
            ];
            var tried = roots.Where(root => root is not null).Select(root => Path.Combine(root!, "packs")).Distinct().ToArray();
            return tried.FirstOrDefault(Directory.Exists)
                ?? throw new DataException($"the default corpus is the XML documentation of the .NET SDK's reference packs, and none of these exists: {string.Join(", ", tried)}; give --data PATH");
        }
    }

    /// <summary>All documents below a path in a fixed order, each distinct file once.</summary>
    /// <exception cref="DataException">The path does not exist, a file is malformed, or there is no text.</exception>
    public static IReadOnlyList<Document> Read(string path, Action<int, int>? progress = null)
    {
        var files = Files(path);
        var documents = new List<Document>[files.Count];
        var seen = new HashSet<string>();
        var distinct = new bool[files.Count];
        for (var i = 0; i < files.Count; i++) distinct[i] = seen.Add(Hash(files[i]));
        var done = 0;
        try
        {
            Parallel.For(0, files.Count, i =>
            {
                documents[i] = distinct[i] ? [.. ReadFile(files[i]).Where(document => document.Text.AsSpan().Trim().Length > 0)] : [];
                progress?.Invoke(Interlocked.Increment(ref done), files.Count);
            });
        }
        catch (AggregateException e) when (e.InnerExceptions.OfType<DataException>().FirstOrDefault() is { } first)
        {
            throw new DataException(first.Message, e);
        }

        List<Document> all = [.. documents.SelectMany(list => list)];
        return all.Count > 0 ? all : throw new DataException($"{path}: no text found; accepted are {string.Join(", ", Extensions)} files with text, or .bin token shards");
    }

    /// <summary>Files of a known kind below a path, ordered by name.</summary>
    /// <exception cref="DataException">The path does not exist or holds no such file.</exception>
    public static IReadOnlyList<string> Files(string path)
    {
        if (File.Exists(path)) return [path];
        if (!Directory.Exists(path)) throw new DataException($"{path}: no such file or folder");
        var files = Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
            .Where(file => Extensions.Contains(Path.GetExtension(file).ToLowerInvariant()))
            .Order(StringComparer.Ordinal).ToArray();
        return files.Length > 0 ? files : throw new DataException($"{path}: holds none of {string.Join(", ", Extensions)}");
    }

    private static IEnumerable<Document> ReadFile(string file)
    {
        try
        {
            var head = new byte[16];
            using (var stream = File.OpenRead(file)) stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            if (head.AsSpan().StartsWith("PAR1"u8)) return Parquet(file);
            return Path.GetExtension(file).ToLowerInvariant() switch
            {
                ".xml" => XmlDocumentation.Read(file),
                ".jsonl" => JsonLines(file),
                ".parquet" => throw new DataException($"{file}: not a Parquet file (it does not start with PAR1)"),
                _ => [new Document(Path.GetFileName(file), Utf8(file))],
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{file}: cannot be read ({e.Message})", e);
        }
    }

    private static string Utf8(string file)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(file)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException e)
        {
            throw new DataException($"{file}: not UTF-8 text (byte {e.Index})", e);
        }
    }

    private static List<Document> JsonLines(string file)
    {
        var documents = new List<Document>();
        var number = 0;
        foreach (var line in File.ReadLines(file))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            try
            {
                using var json = JsonDocument.Parse(line);
                documents.Add(new Document($"{Path.GetFileName(file)}:{number}", json.RootElement.GetProperty("text").GetString() ?? ""));
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
            {
                throw new DataException($"{file}: line {number} is not a JSON object with a string field 'text'", e);
            }
        }

        return documents;
    }

    private static List<Document> Parquet(string file)
    {
        try
        {
            return ReadParquetAsync(file).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is not DataException)
        {
            throw new DataException($"{file}: not a readable Parquet file ({e.Message})", e);
        }
    }

    private static async Task<List<Document>> ReadParquetAsync(string file)
    {
        await using var reader = await ParquetReader.CreateAsync(file);
        var field = reader.Schema.DataFields.FirstOrDefault(f => f.Name == "text" && f.ClrType == typeof(string))
            ?? throw new DataException($"{file}: has no string column 'text'; its columns are {string.Join(", ", reader.Schema.DataFields.Select(f => f.Name))}");
        var documents = new List<Document>();
        for (var group = 0; group < reader.RowGroupCount; group++)
        {
            using var rows = reader.OpenRowGroupReader(group);
            var values = new string?[(int)rows.RowCount];
            await rows.ReadAsync(field, values.AsMemory()!);
            foreach (var text in values) documents.Add(new Document($"{Path.GetFileName(file)}:{documents.Count}", text ?? ""));
        }

        return documents;
    }

    internal static string Hash(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexString(SHA256.HashData(stream));
    }
}
