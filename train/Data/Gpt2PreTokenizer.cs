using System.Globalization;
using Microsoft.ML.Tokenizers;

namespace SiaEngine.Train.Data;

/// <summary>
/// GPT-2's pre-tokenisation (Radford et al. 2019), the pattern
/// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c> written as a scanner, used alike for training and encoding.
/// </summary>
/// <remarks>
/// Letters and numbers are decided per code point, as in the tools that define the format; a .NET regular expression sees UTF-16 units
/// and calls every letter beyond U+FFFF punctuation.
/// </remarks>
public sealed class Gpt2PreTokenizer : PreTokenizer
{
    private const byte Other = 0, Letter = 1, Number = 2, Space = 3;
    private static readonly byte[] BasicPlane = Classify();

    /// <inheritdoc/>
    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) => PreTokenize(text.AsSpan());

    /// <inheritdoc/>
    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text)
    {
        List<(int, int)> words = [];
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = NextEnd(text, start);
            words.Add((start, end - start));
        }

        return words;
    }

    /// <summary>End of the word that begins at <paramref name="start"/>; a word is never empty.</summary>
    public static int NextEnd(ReadOnlySpan<char> text, int start)
    {
        var first = text[start];
        if (first == '\'' && Contraction(text[(start + 1)..]) is var letters and > 0) return start + 1 + letters;

        var body = first == ' ' ? start + 1 : start;
        if (body < text.Length && ClassAt(text, body, out var width) is var kind && kind != Space)
        {
            var end = body + width;
            while (end < text.Length && ClassAt(text, end, out width) == kind) end += width;
            return end;
        }

        // A run of white space leaves its last character to the word that follows it, unless it is that character alone.
        var run = start + 1;
        while (run < text.Length && BasicPlane[text[run]] == Space) run++;
        return run == text.Length || run == start + 1 ? run : run - 1;
    }

    /// <summary>
    /// The first position at or after <paramref name="from"/> where the text can be cut without changing a word: before a run of white space.
    /// No word reaches from a visible character into white space, and none looks back.
    /// </summary>
    public static int SafeCut(ReadOnlySpan<char> text, int from)
    {
        for (var i = Math.Max(from, 1); i < text.Length; i++)
            if (BasicPlane[text[i]] == Space && BasicPlane[text[i - 1]] != Space)
                return i;
        return text.Length;
    }

    private static int Contraction(ReadOnlySpan<char> rest) => rest switch
    {
        ['s' or 't' or 'm' or 'd', ..] => 1,
        ['r' or 'v', 'e', ..] or ['l', 'l', ..] => 2,
        _ => 0,
    };

    private static byte ClassAt(ReadOnlySpan<char> text, int index, out int width)
    {
        width = 1;
        var unit = text[index];
        if (!char.IsHighSurrogate(unit) || index + 1 == text.Length || !char.IsLowSurrogate(text[index + 1])) return BasicPlane[unit];
        width = 2;
        return Class(char.ConvertToUtf32(unit, text[index + 1]));
    }

    private static byte[] Classify()
    {
        var classes = new byte[char.MaxValue + 1];
        for (var c = 0; c < classes.Length; c++) classes[c] = char.IsWhiteSpace((char)c) ? Space : Class(c);
        return classes;
    }

    private static byte Class(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
    {
        <= UnicodeCategory.OtherLetter => Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Number,
        _ => Other,
    };
}
