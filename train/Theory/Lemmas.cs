using SiaEngine.Model;

namespace SiaEngine.Train.Theory;

/// <summary>
/// Exact values behind Lemmas 1 and 2 and Theorem 1 of the paper (arXiv:2505.17083, section 3.2, appendices A to F), with α = β = √e. For base logits N(0, 1) the
/// transformed logit at distance t is L_t ~ N(m_t, a_t²), and E[exp L_t] = E[L_t exp L_t] = √e / (1 + t/τ).
/// </summary>
internal static class Lemmas
{
    /// <summary>α = β.</summary>
    public static readonly double Alpha = Math.Sqrt(Math.E);

    /// <summary>E[exp L_t] from the moments of a normal: exp(m + a²/2).</summary>
    public static double ExpectedWeight(int t, double tau) => Math.Exp(ScaleInvariance.Shift(t, tau) + Math.Pow(ScaleInvariance.Factor(t, tau), 2) / 2);

    /// <summary>E[L_t exp L_t] = (m + a²) exp(m + a²/2).</summary>
    public static double ExpectedNegentropy(int t, double tau) => (ScaleInvariance.Shift(t, tau) + Math.Pow(ScaleInvariance.Factor(t, tau), 2)) * ExpectedWeight(t, tau);

    /// <summary>E of the total attention over distances [from, to): ατ (ψ(to + τ) − ψ(from + τ)). By Lemma 2 also E of the unnormalised negentropy.</summary>
    public static double ExpectedTotal(double from, double to, double tau) => Alpha * tau * (Digamma.Of(to + tau) - Digamma.Of(from + tau));

    /// <summary>Variance of the total attention over [from, to) for independent logits: Σ E[w²] − E[w]², where E[w²] = exp(2 (m + a²)) = e² at every distance.</summary>
    public static double Variance(int from, int to, double tau)
    {
        var sum = 0.0;
        for (var t = from; t < to; t++) sum += Math.E * Math.E - Math.Pow(ExpectedWeight(t, tau), 2);
        return sum;
    }

    /// <summary>Limit of <see cref="ExpectedTotal"/> over [t, tΔ) for large t: ατ ln Δ.</summary>
    public static double Limit(double delta, double tau) => Alpha * tau * Math.Log(delta);
}
