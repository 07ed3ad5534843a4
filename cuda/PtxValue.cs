using System.Globalization;

namespace SiaEngine.Cuda;

/// <summary>Value in a PTX template: an integer, a real, or a word such as <c>f32</c> or <c>%sum</c>; integers keep the text they were written with.</summary>
internal readonly struct PtxValue
{
    private enum Kind : byte
    {
        Word,
        Integer,
        Real,
    }

    private readonly Kind _kind;
    private readonly long _integer;
    private readonly double _real;

    private PtxValue(Kind kind, string text, long integer, double real) => (_kind, Text, _integer, _real) = (kind, text, integer, real);

    /// <summary>What replaces <c>${...}</c>.</summary>
    public string Text { get; }

    /// <summary>Whether it is a real.</summary>
    public bool IsReal => _kind == Kind.Real;

    /// <summary>A word.</summary>
    public static PtxValue OfWord(string text) => new(Kind.Word, text, 0, 0);

    /// <summary>An integer, shown as <paramref name="text"/>.</summary>
    public static PtxValue OfInteger(long value, string? text = null) => new(Kind.Integer, text ?? value.ToString(CultureInfo.InvariantCulture), value, value);

    /// <summary>A real.</summary>
    public static PtxValue OfReal(double value) => new(Kind.Real, value.ToString("R", CultureInfo.InvariantCulture), 0, value);

    /// <summary>1 or 0.</summary>
    public static PtxValue Of(bool value) => OfInteger(value ? 1 : 0);

    /// <summary>An argument or list item: an integer if it reads as one, else a word.</summary>
    public static PtxValue OfText(string text)
    {
        var digits = text.AsSpan();
        var negative = digits.StartsWith("-", StringComparison.Ordinal);
        if (negative) digits = digits[1..];
        var isHex = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        long value = 0;
        var isNumber = digits.Length > 0 && (isHex
            ? long.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value));
        return isNumber ? OfInteger(negative ? -value : value, text) : OfWord(text);
    }

    /// <summary>The integer.</summary>
    public long AsInteger(string expression) => _kind == Kind.Integer
        ? _integer
        : throw new PtxException($"'{Text}' in '{expression}' is not an integer");

    /// <summary>The number.</summary>
    public double AsReal(string expression) => _kind != Kind.Word ? _real : throw new PtxException($"'{Text}' in '{expression}' is not a number; no name with a value is called so");

    /// <summary>Whether it is a number other than 0.</summary>
    public bool IsTrue(string expression) => AsReal(expression) != 0;

    /// <summary>Equal numbers, or equal words.</summary>
    public bool Matches(PtxValue other) =>
        _kind == Kind.Word || other._kind == Kind.Word ? _kind == other._kind && Text == other.Text
        : _kind == Kind.Integer && other._kind == Kind.Integer ? _integer == other._integer
        : _real == other._real;
}
