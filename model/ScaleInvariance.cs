using SiaEngine.Ops;

namespace SiaEngine.Model;

/// <summary>
/// The two distance tables of scale-invariant attention (Anson, Wang &amp; Aitchison 2025, arXiv:2505.17083, section 3.2).
/// </summary>
/// <remarks>
/// With base logits ~ N(0, 1) the transformed logit L_t = a_t S_t + m_t is N(m_t, a_t²). Asking for E[exp L_t] = α / (t/τ + 1) (Lemma 1: every octave of
/// distance gets the same total attention) and E[L_t exp L_t] = β / (t/τ + 1) (Lemma 2) gives m_t + a_t² = β/α and
/// m_t + a_t²/2 = ln α − ln(t/τ + 1). Leaving the present token alone, a_0 = 1 and m_0 = 0, fixes α = β = √e, hence
/// a_t = √(2 ln(1 + t/τ) + 1),  m_t = −2 ln(1 + t/τ). One number is left, τ = 10.
/// </remarks>
public static class ScaleInvariance
{
    /// <summary>The paper's τ, in tokens.</summary>
    public const double Tau = 10;

    /// <summary>a_t, the factor of a logit at distance <paramref name="t"/>.</summary>
    public static double Factor(int t, double tau = Tau) => Math.Sqrt(2 * LogOnePlus(t / tau) + 1);

    /// <summary>m_t, added to a logit at distance <paramref name="t"/>.</summary>
    public static double Shift(int t, double tau = Tau) => -2 * LogOnePlus(t / tau);

    /// <summary>
    /// a and m [H, T] from ln τ of every head [H, 1] and the distances t [1, T], as ops, so that τ can be trained: u = ln(τ + t) − ln τ, a = √(1 + 2u),
    /// m = −2u. The logarithm keeps τ positive and makes equal steps equal factors.
    /// </summary>
    /// <param name="logTau">ln τ [H, 1].</param>
    /// <param name="distances">0, 1, … T − 1 [1, T].</param>
    /// <param name="one">1 [1, 1].</param>
    public static (Tensor Factor, Tensor Shift) Tables(Tensor logTau, Tensor distances, Tensor one)
    {
        using var scope = Scope.Enter();
        var twice = Scale.Apply(Binary.Subtract(Unary.Log(Binary.Add(Unary.Exp(logTau), distances)), logTau), 2);
        return (scope.Keep(Unary.Sqrt(Binary.Add(twice, one))), scope.Keep(Unary.Negate(twice)));
    }

    private static double LogOnePlus(double x) => double.LogP1(x);
}
