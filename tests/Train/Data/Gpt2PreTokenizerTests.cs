using System.Text.RegularExpressions;
using SiaEngine.Train.Data;

namespace SiaEngine.Tests.Train.Data;

public partial class Gpt2PreTokenizerTests
{
    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")]
    private static partial Regex Pattern { get; }

    [Fact]
    public void Cuts_as_the_pattern_does() => Property.Holds(Texts.BasicPlane, text =>
        Assert.Equal(Pattern.Matches(text).Select(match => match.Value), NaiveBpe.Words(text)));

    [Fact]
    public void Every_character_is_in_the_class_the_pattern_gives_it()
    {
        for (var c = 0; c <= char.MaxValue; c++)
        {
            if (char.IsSurrogate((char)c)) continue;
            var text = $"a{(char)c}1{(char)c}.{(char)c}";
            Assert.Equal(Pattern.Matches(text).Select(match => match.Value), NaiveBpe.Words(text));
        }
    }

    [Theory]
    [InlineData("x\U0001D400\U00020000 \U0001D400", "x\U0001D400\U00020000| \U0001D400")] // letters beyond U+FFFF are letters
    [InlineData("7\U0001D7D8\U0001F600", "7\U0001D7D8|\U0001F600")] // a number, then a symbol
    [InlineData("\U0001F600\U0001F600 a", "\U0001F600\U0001F600| a")]
    [InlineData("a\uD83Db", "a|\uD83D|b")] // half a pair is neither
    [InlineData("we're  here\n\n now ", "we|'re| | here|\n\n| now| ")]
    [InlineData("", "")]
    public void Cuts_by_code_point(string text, string words) => Assert.Equal(words, string.Join('|', NaiveBpe.Words(text)));

    [Fact]
    public void Cutting_at_a_safe_place_changes_no_word() => Property.Holds(Texts.Any, text =>
    {
        for (var from = 0; from <= text.Length; from++)
        {
            var cut = Gpt2PreTokenizer.SafeCut(text, from);
            Assert.InRange(cut, from, text.Length);
            Assert.Equal(NaiveBpe.Words(text), [.. NaiveBpe.Words(text[..cut]), .. NaiveBpe.Words(text[cut..])]);
        }
    });
}
