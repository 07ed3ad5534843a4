namespace SiaEngine.Cuda.Simulator;

/// <summary>Kind of a <see cref="Token"/>.</summary>
internal enum TokenKind : byte
{
    /// <summary>End of the text.</summary>
    End,

    /// <summary>Name, also of a register: <c>ld</c>, <c>%sum</c>, <c>$L_1</c>, <c>_</c>.</summary>
    Identifier,

    /// <summary>Directive or modifier with its dot: <c>.global</c>, <c>.shared::cta</c>, <c>.x</c>.</summary>
    Dotted,

    /// <summary>Integer constant.</summary>
    Integer,

    /// <summary>Floating-point constant of 32 bits, <c>0f...</c>.</summary>
    Float32,

    /// <summary>Floating-point constant of 64 bits, <c>0d...</c> or decimal.</summary>
    Float64,

    /// <summary>Text in double quotes.</summary>
    Text,

    /// <summary>Operator or bracket of one or two characters.</summary>
    Punctuation,
}

/// <summary>A token of PTX text.</summary>
/// <param name="Kind">Kind.</param>
/// <param name="Text">As written; of a <see cref="TokenKind.Dotted"/> without the dot.</param>
/// <param name="Bits">Integer value, or the bits of a double.</param>
/// <param name="Line">Line of the assembled text, from 1.</param>
/// <param name="Column">Column, from 1.</param>
internal readonly record struct Token(TokenKind Kind, string Text, ulong Bits, int Line, int Column)
{
    /// <summary>In messages.</summary>
    public override string ToString() => Kind switch
    {
        TokenKind.End => "the end of the file",
        TokenKind.Dotted => $"'.{Text}'",
        TokenKind.Text => $"\"{Text}\"",
        _ => $"'{Text}'",
    };
}
