using System.Security.Cryptography;

namespace SiaEngine.Train.Data;

/// <summary>
/// The files behind <c>--data</c>: text in several formats, or token shards. Without a path, the XML documentation of the installed SDK.
/// Nothing is downloaded.
/// </summary>
public sealed class Corpus
{
    private Corpus(string name, List<CorpusFile> files) => (Name, Files) = (name, files);

    /// <summary>The installed SDK's reference packs, whose XML documentation is the default corpus.</summary>
    /// <exception cref="DataException">None was found; the message names the places.</exception>
    public static string DefaultPath => Path.Combine(ReferencePacks.Find().Root, "packs");

    /// <summary>What was opened, for messages.</summary>
    public string Name { get; }

    /// <summary>The files in a fixed order, each distinct text once.</summary>
    public IReadOnlyList<CorpusFile> Files { get; }

    /// <summary>Token shards rather than text.</summary>
    public bool IsTokens => Files[0].Format == CorpusFormat.TokenShard;

    /// <summary>Size of all files.</summary>
    public long Bytes => Files.Sum(file => file.Bytes);

    /// <summary>Opens a file, a folder with everything below it, or the default corpus if <paramref name="path"/> is null.</summary>
    /// <exception cref="DataException">Nothing there, or nothing that can be read.</exception>
    public static Corpus Open(string? path)
    {
        if (path is null) return new Corpus("the .NET SDK's XML documentation", Distinct(ReferencePacks.Find().Files));
        List<(string Path, string Name)> found = [];
        if (File.Exists(path)) found.Add((path, Path.GetFileName(path)));
        else if (Directory.Exists(path)) AddFolder(path, found);
        else throw new DataException($"--data {path}: no such file or folder");
        if (found.Count == 0) throw new DataException($"--data {path}: holds no {string.Join(", ", FormatDetector.Extensions)} file");

        var files = Distinct(found);
        if (files.Any(f => f.Format == CorpusFormat.TokenShard) && files.Find(f => f.Format != CorpusFormat.TokenShard) is { } text)
            throw new DataException($"--data {path}: mixes token shards and text ({text.Name}); give one kind");
        return new Corpus(path, files);
    }

    /// <summary>The documents that hold any text, in the order of the files, read as they are asked for.</summary>
    /// <param name="progress">Told the fraction of the corpus consumed, 0 to 1.</param>
    /// <param name="threads">Files of XML documentation that are parsed at the same time.</param>
    /// <exception cref="DataException">A file cannot be read, or no file holds any text.</exception>
    public IEnumerable<Document> Documents(Action<double>? progress = null, int threads = 1)
    {
        long before = 0;
        var any = false;
        foreach (var (file, documents) in Opened(threads))
        {
            foreach (var (document, consumed) in documents)
            {
                progress?.Invoke((before + consumed * file.Bytes) / Math.Max(Bytes, 1));
                if (document.Text.AsSpan().IsWhiteSpace()) continue;
                any = true;
                yield return document with { Text = TextTokenizer.WellFormed(document.Text) };
            }

            before += file.Bytes;
        }

        if (!any) throw new DataException($"--data {Name}: empty corpus, no text in {Files.Count} file{(Files.Count == 1 ? "" : "s")}");
    }

    // Parsing takes longer than all that follows; the next files, large and small, are parsed while one is worked on.
    private IEnumerable<(CorpusFile File, IEnumerable<(Document, double)> Documents)> Opened(int threads)
    {
        Queue<Task<IEnumerable<(Document, double)>>> ahead = [];
        var parsers = new TaskFactory(new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, threads).ConcurrentScheduler);
        for (int i = 0, next = 0; i < Files.Count; i++)
        {
            for (; next < Math.Min(Files.Count, i + 4 * threads); next++)
            {
                var file = Files[next];
                ahead.Enqueue(threads > 1 && file.Format == CorpusFormat.XmlDocumentation ? parsers.StartNew<IEnumerable<(Document, double)>>(() => Readable(file).ToList()) : Task.FromResult(Readable(file)));
            }

            yield return (Files[i], ahead.Dequeue().GetAwaiter().GetResult());
        }
    }

    // yield cannot stand in a try with a catch, so the enumeration is done by hand.
    private static IEnumerable<(Document, double)> Readable(CorpusFile file)
    {
        using var documents = TextFile.Documents(file).GetEnumerator();
        while (true)
        {
            try
            {
                if (!documents.MoveNext()) yield break;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw DataException.Unreadable(file.Path, e);
            }

            yield return documents.Current;
        }
    }

    private static void AddFolder(string folder, List<(string Path, string Name)> found)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false };
        try
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*", options))
                if (FormatDetector.Extensions.Contains(Path.GetExtension(file).ToLowerInvariant()))
                    found.Add((file, Path.GetRelativePath(folder, file).Replace('\\', '/')));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataException.Unreadable(folder, e);
        }

        found.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
    }

    private static List<CorpusFile> Distinct(List<(string Path, string Name)> found)
    {
        HashSet<string> seen = [];
        List<CorpusFile> files = [];
        foreach (var (path, name) in found)
        {
            var format = FormatDetector.Detect(path);
            var hash = format == CorpusFormat.TokenShard ? "" : Hash(path);
            if (hash.Length == 0 || seen.Add(hash)) files.Add(new CorpusFile(path, name, format, new FileInfo(path).Length, hash));
        }

        return files;
    }

    /// <summary>SHA-256 of a file, hexadecimal.</summary>
    internal static string Hash(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataException.Unreadable(path, e);
        }
    }
}
