using SiaEngine.Train.Data;

namespace SiaEngine.Tests.Train.Data;

public sealed class DatasetTests : IDisposable
{
    private static readonly string First = string.Concat(Enumerable.Range(0, 300).Select(i => $"Line {i} of the first text.\n"));
    private static readonly string Second = string.Concat(Enumerable.Range(0, 200).Select(i => $"And {i} of the second, naïve \U0001F600.\n"));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Text_becomes_tokens_with_a_separator_before_each_document()
    {
        var data = Prepare(Write(First, Second), vocabulary: 300);
        Assert.Equal(300, data.Vocabulary);
        Assert.Equal(300, data.Tokenizer!.Size);
        Document[] documents = [new("a", First), new("b", Second)];
        Assert.Equal(documents.Select(d => d.TrainPart.ToString()), Documents(data, Assert.Single(data.Train)));
        Assert.Equal(documents.Select(d => d.ValidationPart.ToString()), Documents(data, Assert.Single(data.Validation)));
        Assert.Equal((2, First.Length + Second.Length), (data.Manifest.Documents, data.Manifest.Characters));
        Assert.Equal(data.Manifest.TrainTokens, Tokens(data.Train[0]).Length);
        Assert.Equal(data.Manifest.ValidationTokens, Tokens(data.Validation[0]).Length);
        var counts = Tokens(data.Train[0]).GroupBy(id => id).Select(group => group.Count() / (double)data.Manifest.TrainTokens);
        Assert.Equal(-counts.Sum(p => p * Math.Log(p)), data.Manifest.UnigramEntropy, 1e-12);
    }

    [Fact]
    public void Threads_and_pieces_change_nothing()
    {
        var text = string.Concat(Enumerable.Repeat(First + Second, 40)); // longer than one piece
        var path = Write(text, Second);
        var one = Dataset.Prepare(path, null, 400, _folder["one"], threads: 1);
        var three = Dataset.Prepare(path, null, 400, _folder["three"], threads: 3);
        Assert.Equal(one.Manifest.Fingerprint, three.Manifest.Fingerprint);
        Assert.Equal(one.Tokenizer!.Vocabulary.Merges, three.Tokenizer!.Vocabulary.Merges);
        Assert.Equal(Tokens(one.Train[0]), Tokens(three.Train[0]));
        Assert.Equal(Tokens(one.Validation[0]), Tokens(three.Validation[0]));
        Assert.Equal([one.Tokenizer.Separator, .. one.Tokenizer.Encode(new Document("a", text).TrainPart.Span)],
            Tokens(one.Train[0]).Take(1 + one.Tokenizer.Encode(new Document("a", text).TrainPart.Span).Count).Select(id => (int)id));
    }

    [Fact]
    public void Prepared_data_is_reused_until_something_it_depends_on_changes()
    {
        var path = Write(First, Second);
        var (data, work) = Watched(path, 300);
        Assert.NotEmpty(work);
        var (again, nothing) = Watched(path, 300);
        Assert.Empty(nothing);
        Assert.Equal(data.Train, again.Train);
        Assert.Equal(data.Manifest.Fingerprint, again.Manifest.Fingerprint);
        Assert.Equal(data.Manifest.UnigramEntropy, again.Manifest.UnigramEntropy);
        Assert.Equal(data.Manifest.Files, again.Manifest.Files);

        Assert.NotEmpty(Watched(path, 301).Work);
        _folder.Write("text/b.txt", Second + ".");
        Assert.NotEmpty(Watched(path, 300).Work);
        Assert.Equal(3, Directory.GetDirectories(_folder["cache"]).Length);
        Assert.Empty(Directory.GetFileSystemEntries(_folder["cache"], "*.tmp"));
    }

    [Theory]
    [InlineData("train.bin")]
    [InlineData("val.bin")]
    [InlineData("vocab.json")]
    [InlineData("merges.txt")]
    [InlineData("dataset.json")]
    public void Damaged_data_is_prepared_again(string file)
    {
        var path = Write(First, Second);
        var data = Prepare(path, 300);
        var damaged = Path.Combine(data.TokenizerFolder!, file);
        var whole = File.ReadAllBytes(damaged);
        File.WriteAllBytes(damaged, whole[..(whole.Length / 2)]);
        Assert.NotEmpty(Watched(path, 300).Work);
        Assert.Equal(whole, File.ReadAllBytes(damaged));
        Assert.Empty(Watched(path, 300).Work);
    }

    [Fact]
    public void A_given_tokenizer_is_used_and_kept_beside_the_tokens()
    {
        var trained = Prepare(Write(First, Second), 300);
        _folder.Write("more/c.txt", "Another text: naïve naïve naïve naïve. " + First);
        var data = Dataset.Prepare(_folder["more"], trained.TokenizerFolder, 999, _folder["cache"]);
        Assert.Equal(300, data.Vocabulary);
        Assert.Equal(trained.Tokenizer!.Vocabulary.Merges, data.Tokenizer!.Vocabulary.Merges);
        Assert.NotEqual(trained.TokenizerFolder, data.TokenizerFolder);
        Assert.StartsWith("Another text: naïve", Assert.Single(Documents(data, data.Train[0])), StringComparison.Ordinal);
    }

    [Fact]
    public void Several_shards_are_used_where_they_are()
    {
        foreach (var (name, first) in new[] { ("x_train_000002.bin", 20), ("x_val_000000.bin", 0), ("x_train_000001.bin", 10) })
            TokenFileWriter.Write(_folder[name], [.. Enumerable.Range(first, 50).Select(id => (ushort)id)]);
        var data = Dataset.Prepare(_folder.Path, null, 257, _folder["cache"]);
        Assert.Equal([_folder["x_train_000001.bin"], _folder["x_train_000002.bin"]], data.Train);
        Assert.Equal([_folder["x_val_000000.bin"]], data.Validation);
        Assert.Null(data.Tokenizer);
        Assert.Equal((257, 100L, 50L), (data.Vocabulary, data.Manifest.TrainTokens, data.Manifest.ValidationTokens));
        Assert.Equal(Math.Log(100) - 80 * Math.Log(2) / 100, data.Manifest.UnigramEntropy, 1e-12); // 40 ids twice, 20 ids once
        Assert.False(Directory.Exists(_folder["cache"]));

        File.Delete(_folder["x_val_000000.bin"]);
        Assert.Equal([_folder["x_train_000002.bin"]], Dataset.Prepare(_folder.Path, null, 257, _folder["cache"]).Validation);
        Assert.Empty(Dataset.Prepare(_folder["x_train_000001.bin"], null, 257, _folder["cache"]).Train.Intersect(data.Train));
    }

    [Fact]
    public void Of_a_single_shard_the_end_is_held_out()
    {
        TokenFileWriter.Write(_folder["only.bin"], [.. Enumerable.Range(0, 200).Select(id => (ushort)id)]);
        var data = Dataset.Prepare(_folder["only.bin"], null, 257, _folder["cache"]);
        Assert.Equal(Enumerable.Range(0, 190), Tokens(data.Train[0]).Select(id => (int)id));
        Assert.Equal(Enumerable.Range(190, 10), Tokens(data.Validation[0]).Select(id => (int)id));
        Assert.Equal(Math.Log(190), data.Manifest.UnigramEntropy, 1e-12);
        Assert.Null(data.Tokenizer);

        File.Move(_folder["only.bin"], _folder["val.bin"]);
        var validation = Dataset.Prepare(_folder["val.bin"], null, 257, _folder["cache"]);
        Assert.Empty(validation.Train);
        Assert.Equal([_folder["val.bin"]], validation.Validation);
    }

    [Fact]
    public void Unusable_input_says_what_is_wrong_and_leaves_nothing()
    {
        Directory.CreateDirectory(_folder["big"]);
        Directory.CreateDirectory(_folder["cache"]);
        TokenFileWriter.Write(_folder["big/a.bin"], [.. Enumerable.Repeat((ushort)1, 50), 300]);
        AssertRefused("big/a.bin", 300, "big/a.bin: token 50 is 300, beyond the vocabulary of 300 (ids 0..299)");
        TokenFileWriter.Write(_folder["big/b.bin"], [1]);
        AssertRefused("big", 300, "big/a.bin: token 50 is 300, beyond the vocabulary of 300 (ids 0..299)");
        _folder.Write("cut/a.bin", File.ReadAllBytes(_folder["big/a.bin"])[..^1]);
        AssertRefused("cut", 300, "cut/a.bin: truncated token shard: the header announces 51 tokens (1126 bytes), the file has 1125 bytes");
        _folder.Write("short/a.txt", "Too short.");
        AssertRefused("short", 300, "short: 11 tokens, too few to hold out 5% for validation");
        AssertRefused("short", 70_000, "vocabulary of 70000 tokens: must be 257 to 65536");
        AssertRefused("nowhere", 300, "--data nowhere: no such file or folder");
        Assert.Empty(Directory.GetFileSystemEntries(_folder["cache"]));
    }

    private void AssertRefused(string data, int vocabulary, string message) =>
        Assert.Equal(message, Refusal.Of(() => Prepare(_folder[data], vocabulary)).Replace(_folder[""], "", StringComparison.Ordinal));

    private string Write(string first, string second)
    {
        _folder.Write("text/a.txt", first);
        _folder.Write("text/b.txt", second);
        return _folder["text"];
    }

    private Dataset Prepare(string path, int vocabulary) => Watched(path, vocabulary).Data;

    private (Dataset Data, List<string> Work) Watched(string path, int vocabulary)
    {
        List<string> work = [];
        return (Dataset.Prepare(path, null, vocabulary, _folder["cache"], work.Add), work);
    }

    private static List<string> Documents(Dataset data, string shard)
    {
        List<string> documents = [];
        List<int> ids = [];
        foreach (var id in Tokens(shard))
        {
            if (id != data.Tokenizer!.Separator) ids.Add(id);
            else if (documents.Count > 0 || ids.Count > 0) Flush();
            else documents.Add("");
        }

        Flush();
        return documents[1..];

        void Flush()
        {
            documents.Add(data.Tokenizer!.Decode(ids));
            ids.Clear();
        }
    }

    private static ushort[] Tokens(string path)
    {
        using var file = TokenFile.Open(path);
        var tokens = new ushort[file.Count];
        file.Read(0, tokens, 65_536);
        return tokens;
    }
}
