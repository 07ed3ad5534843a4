using System.Text;
using Parquet;
using Parquet.Schema;
using SiaEngine.Train.Data;

namespace SiaEngine.Tests.Train.Data;

public sealed class CorpusTests : IDisposable
{
    private const string Docs = "<doc><assembly><name>A</name></assembly><members><member name=\"T:N.C\"><summary>Says it.</summary></member>"
        + "</members></doc>";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Reads_every_format_in_the_order_of_names()
    {
        _folder.Write("b.txt", "plain text");
        _folder.Write("c.md", "# Heading");
        _folder.Write("a.xml", Docs);
        _folder.Write("sub/d.jsonl", "{\"id\":1,\"text\":\"first \\ud83d\\ude00\"}\n\n{\"text\":\"second\"}\r\n{\"text\":\" \"}");
        await WriteParquet(_folder["e.parquet"], "text", ["row one", null, "", "row four"], ["row five"]);
        _folder.Write("ignored.cs", "class C;");
        _folder.Write(".hidden.txt", "hidden");
        _folder.Write("z-copy.txt", "plain text");

        var corpus = Corpus.Open(_folder.Path);
        Assert.False(corpus.IsTokens);
        Assert.Equal(["a.xml", "b.txt", "c.md", "e.parquet", "sub/d.jsonl"], corpus.Files.Select(f => f.Name)); // the copy is the same text
        Assert.Equal(
            [
                ("A/N", "Namespace N in A\n\nC\nSays it.\n"), ("b.txt", "plain text"), ("c.md", "# Heading"), ("e.parquet:1", "row one"),
                ("e.parquet:4", "row four"), ("e.parquet:5", "row five"), ("sub/d.jsonl:1", "first \U0001F600"), ("sub/d.jsonl:3", "second"),
            ],
            corpus.Documents().Select(d => (d.Name, d.Text)));
    }

    [Fact]
    public async Task Content_decides_where_the_name_does_not()
    {
        await WriteParquet(_folder["table.txt"], "text", ["row"]);
        TokenFileWriter.Write(_folder["tokens.txt"], [1, 2, 3]);
        _folder.Write("docs", "\uFEFF<?xml version=\"1.0\"?>\n" + Docs);
        _folder.Write("lines.log", "{\"text\": \"" + new string('x', 10_000) + "\"}\n");
        _folder.Write("late.log", "{\"url\": \"" + new string('u', 10_000) + "\", \"text\": \"x\"}\n");
        _folder.Write("prose", "{not json} but prose");
        _folder.Write("page.md", "<p>A page.</p>");
        Assert.Equal(
            [
                CorpusFormat.Parquet, CorpusFormat.TokenShard, CorpusFormat.XmlDocumentation, CorpusFormat.JsonLines,
                CorpusFormat.JsonLines, CorpusFormat.Text, CorpusFormat.Text,
            ],
            new[] { "table.txt", "tokens.txt", "docs", "lines.log", "late.log", "prose", "page.md" }.Select(name => FormatDetector.Detect(_folder[name])));
        Assert.True(Corpus.Open(_folder["tokens.txt"]).IsTokens);
        Assert.Equal(10_000, Assert.Single(Corpus.Open(_folder["lines.log"]).Documents()).Text.Length);
    }

    [Fact]
    public void Text_may_carry_a_byte_order_mark()
    {
        foreach (var encoding in new Encoding[] { new UTF8Encoding(true), new UnicodeEncoding(false, true), new UnicodeEncoding(true, true) })
        {
            var path = _folder.Write("t.txt", [.. encoding.Preamble, .. encoding.GetBytes("naïve 日本")]);
            Assert.Equal("naïve 日本", Assert.Single(Corpus.Open(path).Documents()).Text);
        }
    }

    [Fact]
    public void The_last_twentieth_of_each_document_is_held_out_between_words()
    {
        var document = new Document("d", string.Concat(Enumerable.Repeat("some words ", 100)));
        Assert.Equal(document.Text, document.TrainPart.ToString() + document.ValidationPart);
        Assert.InRange(document.ValidationPart.Length, 45, 55);
        Assert.StartsWith(" ", document.ValidationPart.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, new Document("d", new string('x', 1000)).ValidationPart.Length);
    }

    [Fact]
    public void The_default_corpus_is_this_sdks_documentation()
    {
        var corpus = Corpus.Open(null);
        Assert.Equal(corpus.Files.Count, corpus.Files.DistinctBy(f => f.Hash).Count());
        Assert.Equal(corpus.Files.Select(f => f.Name).Order(StringComparer.Ordinal), corpus.Files.Select(f => f.Name));
        Assert.True(corpus.Bytes > 20_000_000, $"{corpus.Bytes} bytes");
        var collections = Corpus.Open(corpus.Files.First(f => f.Name.EndsWith("/System.Collections.xml", StringComparison.Ordinal)).Path);
        var generic = collections.Documents().First(d => d.Name == "System.Collections/System.Collections.Generic").Text;
        Assert.Contains("\n\nList<T>.Add(item)\nAdds an object to the end of the List<T>.\nitem: The object", generic, StringComparison.Ordinal);
        Assert.DoesNotContain("<see", generic, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_each_reference_pack_the_newest_version_counts()
    {
        _folder.Write("packs/A.Ref/8.0.0/ref/net8.0/w.xml", Docs);
        _folder.Write("packs/B.Ref/9.0.10/ref/net9.0/x.xml", Docs);
        _folder.Write("packs/B.Ref/10.0.2/ref/net10.0/x.xml", Docs);
        _folder.Write("packs/B.Ref/11.0.0-preview.1/data/y.xml", Docs);
        _folder.Write("packs/C.Host/8.0.0/ref/net8.0/v.xml", Docs);
        Assert.Equal([("A.Ref/8.0.0/ref/net8.0/w.xml", "A.Ref/w.xml"), ("B.Ref/10.0.2/ref/net10.0/x.xml", "B.Ref/x.xml")],
            ReferencePacks.Files(_folder.Path).Select(f => (Path.GetRelativePath(_folder["packs"], f.Path).Replace('\\', '/'), f.Name)));
        Assert.Empty(ReferencePacks.Files(_folder["packs"]));
    }

    [Theory]
    [InlineData("no.txt", null, "--data no.txt: no such file or folder")]
    [InlineData("f/x.cs", "code", "--data f: holds no .txt, .md, .xml, .jsonl, .parquet, .bin file")]
    [InlineData("f/x.txt", " \n\t", "--data f: empty corpus, no text in 1 file")]
    [InlineData("x.txt", "", "--data x.txt: empty corpus, no text in 1 file")]
    [InlineData("x.txt", "ab\0c", "x.txt: not text: byte 0x00 at offset 2")]
    [InlineData("x.jsonl", "{\"text\":\"a\"}\n{\"text\":", "x.jsonl: line 2: not valid JSON")]
    [InlineData("x.jsonl", "{\"text\":\"a\"}\n{\"body\":\"b\"}", "x.jsonl: line 2: must be a JSON object with a string field \"text\"")]
    [InlineData("x.jsonl", "[1]", "x.jsonl: line 1: must be a JSON object with a string field \"text\"")]
    [InlineData("x.jsonl", "{\"text\":7}", "x.jsonl: line 1: must be a JSON object with a string field \"text\"")]
    [InlineData("x.jsonl", "{\"text\":\"\\ud800\"}", "x.jsonl: line 1: not valid JSON")]
    [InlineData("x.xml", "<html/>", "x.xml: must be .NET XML documentation, root element <doc>; found <html>")]
    public void Unusable_input_says_what_is_wrong(string file, string? content, string message)
    {
        if (content is not null) _folder.Write(file, content);
        AssertRefused(file.StartsWith("f/", StringComparison.Ordinal) ? "f" : file, message);
    }

    [Fact]
    public async Task Unusable_binary_input_says_what_is_wrong()
    {
        _folder.Write("latin.txt", [(byte)'a', (byte)'b', 0xE9, (byte)'c']);
        AssertRefused("latin.txt", "latin.txt: not UTF-8: byte 0xe9 at offset 2");
        _folder.Write("latin.jsonl", [.. "{\"text\":\""u8, 0xE9, .. "\"}"u8]);
        AssertRefused("latin.jsonl", "latin.jsonl: line 1 or soon after: not UTF-8");
        await WriteParquet(_folder["other.parquet"], "body", ["row"]);
        AssertRefused("other.parquet", "other.parquet: no text column \"text\"; the columns are body, id");
        _folder.Write("fake.parquet", "PAR1 and then nothing of the kind");
        AssertRefused("fake.parquet", "fake.parquet: not a readable Parquet file: ");
        _folder.Write("cut.parquet", File.ReadAllBytes(_folder["other.parquet"])[..^20]);
        AssertRefused("cut.parquet", "cut.parquet: not a readable Parquet file: ");
        Directory.CreateDirectory(_folder["mixed"]);
        TokenFileWriter.Write(_folder["mixed/a.bin"], [1, 2]);
        _folder.Write("mixed/b.txt", "text");
        AssertRefused("mixed", "--data mixed: mixes token shards and text (b.txt); give one kind");
    }

    [Fact]
    public void A_file_that_cannot_be_opened_says_so()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("links need a privilege there");
        _folder.Write("links/a.txt", "text");
        File.CreateSymbolicLink(_folder["links/b.txt"], _folder["nowhere"]);
        AssertRefused("links", "links/b.txt: cannot be read: ");
    }

    private void AssertRefused(string name, string message)
    {
        var actual = Refusal.Of(() => Corpus.Open(_folder[name]).Documents().Count());
        actual = actual.Replace(_folder[""], "", StringComparison.Ordinal);
        if (message.EndsWith(' ')) Assert.StartsWith(message, actual, StringComparison.Ordinal);
        else Assert.Equal(message, actual);
    }

    private static async Task WriteParquet(string path, string column, params string?[][] groups)
    {
        var field = new DataField<string>(column);
        var id = new DataField<int>("id");
        await using var stream = File.Create(path);
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(field, id), stream);
        foreach (var rows in groups)
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync(field, rows!);
            await group.WriteAsync<int>(id, new int[rows.Length].AsMemory());
        }
    }
}
