namespace SiaEngine.Train.Data;

/// <summary>
/// The byte-to-unicode table of GPT-2 (Radford et al. 2019): every byte is written as one printable character, so that vocabulary
/// and merges are plain text. Bytes that print keep their Latin-1 character; the other 68 take U+0100 onwards in byte order.
/// </summary>
/// <remarks>Token ids 0 to 255 are these characters in code point order, as in GPT-2's own vocabulary.</remarks>
public static class ByteSymbols
{
    private static readonly char[] ToChar = new char[256];
    private static readonly short[] FromChar = new short[256 + 68];
    private static readonly byte[] ToId = new byte[256];

    static ByteSymbols()
    {
        Array.Fill(FromChar, (short)-1);
        var extra = 0;
        for (var b = 0; b < 256; b++)
        {
            var prints = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE;
            ToChar[b] = prints ? (char)b : (char)(256 + extra++);
            FromChar[ToChar[b]] = (short)b;
        }

        var id = 0;
        foreach (var b in FromChar)
            if (b >= 0)
                ToId[b] = (byte)id++;
    }

    /// <summary>The character that stands for a byte.</summary>
    public static char Symbol(byte value) => ToChar[value];

    /// <summary>The token id of a single byte, 0 to 255.</summary>
    public static int Id(byte value) => ToId[value];

    /// <summary>The byte a character stands for; false if it stands for none.</summary>
    public static bool TryByte(char symbol, out byte value)
    {
        var found = symbol < FromChar.Length ? FromChar[symbol] : (short)-1;
        value = (byte)Math.Max(found, (short)0);
        return found >= 0;
    }
}
