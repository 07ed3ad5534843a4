using System.Text;
using SiaEngine.Train.Data;

namespace SiaEngine.Tests.Train.Data;

public class TextTokenizerTests
{
    private const string Sample = "Hello hello, the the theatre's naïve 日本 日本 42 42 \U0001F600\U0001F600 aaaa aaaa <|endoftext|> endoftext\n\n\n\n"
        + " they'll they'll";

    private static readonly TextTokenizer Trained = new(BpeTrainerTests.Train(Sample + Sample, 320));

    [Fact]
    public void Decoding_gives_the_text_back() => Property.Holds(Texts.WellFormed, text => Assert.Equal(text, Trained.Decode(Trained.Encode(text))));

    [Fact]
    public void Lone_surrogates_become_the_replacement_character() => Property.Holds(Texts.Any, text =>
        Assert.Equal(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)), Trained.Decode(Trained.Encode(text))));

    [Fact]
    public void Merges_apply_as_defined() => Property.Holds(Texts.WellFormed, text =>
        Assert.Equal(NaiveBpe.Encode(text, Trained.Vocabulary), Trained.Encode(text)));

    [Fact]
    public void Bytes_are_numbered_as_in_GPT2()
    {
        Assert.Equal([220, 198, 0, 64], " \n!a"u8.ToArray().Select(ByteSymbols.Id));
        Assert.Equal(['Ġ', 'Ċ', '!', 'a'], " \n!a"u8.ToArray().Select(ByteSymbols.Symbol));
    }

    [Fact]
    public void The_encoder_for_much_text_agrees()
    {
        var encoder = new TokenEncoder(Trained);
        Property.Holds(Texts.WellFormed, text =>
        {
            List<ushort> ids = [];
            encoder.Encode(text, ids);
            Assert.Equal(Trained.Encode(text), ids.Select(id => (int)id));
        });
    }

    [Fact]
    public void Text_never_yields_the_separator()
    {
        Assert.Equal(Trained.Size - 1, Trained.Separator);
        Assert.DoesNotContain(Trained.Separator, Trained.Encode(BpeVocabulary.Separator));
        Assert.Equal("<|endoftext|>", Encoding.UTF8.GetString(Trained.Bytes(Trained.Separator)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Trained.Bytes(Trained.Size).Length);
    }

    [Fact]
    public void A_long_word_is_no_trouble()
    {
        var word = string.Concat(Enumerable.Range(0, 20_000).Select(i => "abcdefg"[i * i % 7]));
        Assert.Equal(word, Trained.Decode(Trained.Encode(word)));
    }

    [Fact]
    public void Saved_files_load_as_the_same_tokenizer()
    {
        using var folder = new TemporaryFolder();
        Trained.Vocabulary.Save(folder.Path);
        var loaded = TextTokenizer.Load(folder.Path);
        Assert.Equal(Trained.Vocabulary.Symbols, loaded.Vocabulary.Symbols);
        Assert.Equal(Trained.Vocabulary.Merges, loaded.Vocabulary.Merges);
        Assert.Equal(Trained.Encode(Sample), loaded.Encode(Sample));
        Assert.Equal(["merges.txt", "vocab.json"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
        Assert.StartsWith("{\"!\":0,\"\\\"\":1,\"#\":2,", File.ReadAllText(folder["vocab.json"]), StringComparison.Ordinal);
        Assert.StartsWith("#version: 0.2\n", File.ReadAllText(folder["merges.txt"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_merge_that_begins_with_a_hash_is_no_comment()
    {
        using var folder = new TemporaryFolder();
        BpeTrainerTests.Train("## ## ## ##", 300).Save(folder.Path);
        Assert.Single(TextTokenizer.Load(folder.Path).Encode("##"));
    }

    [Theory]
    [InlineData("vocab.json", "{\"!\":0", "vocab.json: not valid JSON at line 1")]
    [InlineData("vocab.json", "[]", "vocab.json: must be one JSON object of symbol: id")]
    [InlineData("vocab.json", "{\"!\":\"0\"}", "vocab.json: the id of ! must be a whole number")]
    [InlineData("vocab.json", "{\"!\":0,\"!\":1}", "vocab.json: ! appears twice")]
    [InlineData("vocab.json", "{\"!\":0,\"#\":0}", "vocab.json: id 0 is given twice")]
    [InlineData("vocab.json", "{\"!\":7}", "vocab.json: id 7; 1 symbols must have the ids 0..0")]
    [InlineData("vocab.json", "{\"!\":0}", "vocab.json: no symbol for byte 0x00; a byte-level vocabulary holds all 256")]
    [InlineData("vocab.json", "no separator", "vocab.json: no <|endoftext|>, the document separator")]
    [InlineData("vocab.json", "too many", "vocab.json: 65793 tokens; token shards hold at most 65536")]
    [InlineData("vocab.json", null, "vocab.json: no such file; a tokenizer folder holds vocab.json and merges.txt")]
    [InlineData("merges.txt", null, "merges.txt: no such file; a tokenizer folder holds vocab.json and merges.txt")]
    [InlineData("merges.txt", "#version: 0.2\na b c\n", "merges.txt: line 2 must be two symbols with one space between them")]
    [InlineData("merges.txt", "#version: 0.2\n\na \n", "merges.txt: line 3 must be two symbols with one space between them")]
    [InlineData("merges.txt", "a b\n", "merges.txt: line 1: ab is not in vocab.json")]
    public void Broken_files_say_what_is_wrong(string file, string? content, string message)
    {
        using var folder = new TemporaryFolder();
        var vocabulary = BpeTrainerTests.Train("", 257);
        vocabulary.Save(folder.Path);
        if (content is null) File.Delete(folder[file]);
        else if (content == "no separator") folder.Write(file, Json(vocabulary.Symbols.Where(s => s != BpeVocabulary.Separator)));
        else if (content == "too many") folder.Write(file, Json(vocabulary.Symbols.Concat(Enumerable.Range(0, 65_536).Select(i => $"x{i}"))));
        else folder.Write(file, content);
        Assert.Equal(Path.Combine(folder.Path, message), Refusal.Of(() => TextTokenizer.Load(folder.Path)));
    }

    [Fact]
    public void A_missing_folder_says_what_it_should_hold() =>
        Assert.Equal("/no/where: no such tokenizer folder; it must hold vocab.json and merges.txt",
            Refusal.Of(() => TextTokenizer.Load("/no/where")));

    private static string Json(IEnumerable<string> symbols) =>
        System.Text.Json.JsonSerializer.Serialize(symbols.Select((symbol, id) => (symbol, id)).ToDictionary(s => s.symbol, s => s.id));
}
