using FsCheck;
using FsCheck.Fluent;

namespace SiaEngine.Tests.Train.Data;

/// <summary>Strings that visit every branch of the tokenizer: words, contractions, numbers, white space, other scripts, surrogates.</summary>
internal static class Texts
{
    private static readonly string[] Parts =
    [
        "a", "b", "the", "Hello", " ", "  ", "\n", "\r\n", "\t", "\u00A0", "\u3000", "\u2028", "\u0085", "'", "'s", "'re", "'ll", "'LL", "'v",
        "1", "42", "½", "Ⅷ", ".", "!?", "é", "ß", "日本", "ह", "\u0301", "\0", "\u007F", "\u00AD", "\u200B", "\uFFFD", "\uFEFF",
        "<|endoftext|>", "Ġ", "_", "¡",
    ];

    private static readonly string[] Astral = ["\U0001F600", "\U0001D400", "\U00020000", "\U0001D7D8"];
    private static readonly string[] Broken = ["\uD83D", "\uDE00"];

    /// <summary>Well-formed, within the basic plane.</summary>
    public static Gen<string> BasicPlane { get; } = Of(Parts);

    /// <summary>Well-formed.</summary>
    public static Gen<string> WellFormed { get; } = Of([.. Parts, .. Astral]);

    /// <summary>Any UTF-16, with lone surrogates.</summary>
    public static Gen<string> Any { get; } = Of([.. Parts, .. Astral, .. Broken]);

    /// <summary>Over the letters a, b and c: many repeated pairs.</summary>
    public static Gen<string> Repetitive { get; } = Of(["a", "a", "b", "c", "aa", " "]);

    private static Gen<string> Of(string[] parts) => Gen.Choose(0, 40).SelectMany(n => Gen.ArrayOf(Gen.Elements(parts), n)).Select(string.Concat);
}
