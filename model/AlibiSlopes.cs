namespace SiaEngine.Model;

/// <summary>Slopes of ALiBi (Press, Smith &amp; Lewis 2021, arXiv:2108.12409): the logit at distance t loses slope · t.</summary>
/// <remarks>
/// For H heads, a power of two, head h = 1 … H has 2^(−8h/H). For other H, "geometric" keeps that formula (the convention of the FlexAttention examples), while
/// "interleaved" takes the slopes of the next smaller power of two and fills up with every other slope of the next larger one (the authors' code).
/// </remarks>
public static class AlibiSlopes
{
    /// <summary>Slope of a head, counted from 0.</summary>
    public static double Of(int head, int heads, string convention)
    {
        if (convention == "geometric") return Power(head + 1, heads);
        var below = 1 << (int)Math.Log2(heads);
        return head < below ? Power(head + 1, below) : Power(2 * (head - below) + 1, 2 * below);
    }

    private static double Power(int number, int heads) => Math.Pow(2, -8.0 * number / heads);
}
