namespace SiaEngine.Train.Theory;

/// <summary>ψ(x) = d ln Γ(x) / dx for x > 0, to about 1e-14: the recurrence ψ(x) = ψ(x + 1) − 1/x up to x ≥ 20, then the asymptotic series (Abramowitz &amp; Stegun 6.3.18).</summary>
internal static class Digamma
{
    public static double Of(double x)
    {
        var sum = 0.0;
        for (; x < 20; x++) sum -= 1 / x;
        var r = 1 / (x * x);
        return sum + Math.Log(x) - 0.5 / x - r * (1.0 / 12 - r * (1.0 / 120 - r * (1.0 / 252 - r * (1.0 / 240 - r * (1.0 / 132)))));
    }
}
