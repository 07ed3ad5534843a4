using System.Text.RegularExpressions;

namespace SiaEngine.Train.Data;

/// <summary>GPT-2's byte-level conventions: the split of text into words and the letter that stands for each byte in vocabulary files.</summary>
public static partial class ByteLevel
{
    /// <summary>Letter of each byte: printable Latin-1 stands for itself, the rest is shifted to U+0100 and up.</summary>
    public static IReadOnlyList<char> Letters { get; } = MakeLetters();

    /// <summary>Splits text into words, as GPT-2 does.</summary>
    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", RegexOptions.CultureInvariant)]
    public static partial Regex Words { get; }

    private static char[] MakeLetters()
    {
        var letters = new char[256];
        var shifted = 0;
        for (var b = 0; b < 256; b++)
        {
            var printable = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            letters[b] = printable ? (char)b : (char)(256 + shifted++);
        }

        return letters;
    }
}
