using SiaEngine.Train.Data;

namespace SiaEngine.Tests.Train.Data;

public class BpeTrainerTests
{
    private const string Prose = "the cat sat on the mat, the other cat sat on the other mat; that's the third mat they've made. "
        + "1234 1234 12 — naïve naïve façade façade";

    [Theory]
    [InlineData(Prose, 300)]
    [InlineData(Prose, 10_000)] // until no pair occurs twice
    [InlineData("aaaaaaaaaaaaa aaaaaaa aaaa aaa aa", 270)] // runs: pairs overlap themselves
    [InlineData("abababab bababa abab baba abba baab", 280)]
    [InlineData("xyz xyz", 257)] // no merge at all
    [InlineData("", 300)]
    public void Learns_what_the_definition_says(string text, int size) => AssertAsDefined(text, size);

    [Fact]
    public void Learns_what_the_definition_says_of_any_text()
    {
        Property.Holds(Texts.Repetitive, text => AssertAsDefined(text, 290));
        Property.Holds(Texts.WellFormed, text => AssertAsDefined(text + text, 290));
    }

    [Fact]
    public void Threads_change_nothing()
    {
        var texts = Enumerable.Range(0, 40).Select(n => string.Concat(Enumerable.Repeat(Prose[n..], n % 7)).AsMemory()).ToList();
        var merges = Enumerable.Range(1, 4).Select(threads =>
        {
            var words = new WordCounts();
            words.Add(texts, threads);
            return string.Join('\n', BpeTrainer.Train(words, 330).Merges);
        });
        Assert.Single(merges.Distinct());
    }

    [Theory]
    [InlineData(256)]
    [InlineData(65_537)]
    public void Refuses_sizes_that_cannot_be_stored(int size) =>
        Assert.Equal($"vocabulary of {size} tokens: must be 257 to 65536", Refusal.Of(() => Train(Prose, size)));

    internal static BpeVocabulary Train(string text, int size)
    {
        var words = new WordCounts();
        words.Add([text.AsMemory()], 1);
        return BpeTrainer.Train(words, size);
    }

    private static void AssertAsDefined(string text, int size)
    {
        var (merges, symbols) = NaiveBpe.Train(text, size);
        var vocabulary = Train(text, size);
        Assert.Equal(merges, vocabulary.Merges);
        Assert.Equal(symbols, vocabulary.Symbols);
        Assert.Equal(symbols.Count - 1, vocabulary.SeparatorId);
    }
}
