namespace SiaEngine.Model;

/// <summary>
/// Draws the next token from logits: temperature 0 takes the largest; otherwise softmax(logits / temperature) restricted to the <c>TopK</c> largest (0: all) and then
/// to the smallest set of at least <c>TopP</c> probability (1: all). The draw at a position depends on seed and position only.
/// </summary>
/// <param name="Seed">Seed of the draws.</param>
/// <param name="Temperature">0 or more.</param>
/// <param name="TopK">0 or the number of candidates.</param>
/// <param name="TopP">In (0, 1].</param>
public sealed record Sampler(ulong Seed, double Temperature = 0.8, int TopK = 0, double TopP = 1)
{
    /// <summary>The token at a position.</summary>
    public int Next(ReadOnlySpan<float> logits, int position)
    {
        if (Temperature == 0)
        {
            var best = 0;
            for (var i = 1; i < logits.Length; i++)
                if (logits[i] > logits[best]) best = i;
            return best;
        }

        var ids = new int[logits.Length];
        var keys = new double[logits.Length];
        for (var i = 0; i < ids.Length; i++) (ids[i], keys[i]) = (i, -logits[i]);
        Array.Sort(keys, ids);
        var candidates = TopK > 0 ? Math.Min(TopK, ids.Length) : ids.Length;
        var weights = new double[candidates];
        for (var i = 0; i < candidates; i++) weights[i] = Math.Exp((keys[0] - keys[i]) / Temperature);
        var total = weights.Sum();
        var kept = 0.0;
        var count = 0;
        while (count < candidates && (count == 0 || kept < TopP * total)) kept += weights[count++];
        var target = new Philox(Seed, 0x73616d70).Uniform((ulong)position) * kept;
        for (var i = 0; i < count; i++)
        {
            target -= weights[i];
            if (target < 0) return ids[i];
        }

        return ids[count - 1];
    }

    /// <summary>Continues a prompt of at least one token, yielding each new token as it is drawn.</summary>
    public IEnumerable<int> Continue(Gpt model, IReadOnlyList<int> prompt, int tokens)
    {
        if (prompt.Count == 0) throw new ArgumentException("sampling needs at least one token to start from");
        using var decoder = new Decoder(model, prompt.Count + tokens);
        var pending = prompt.ToArray();
        for (var i = 0; i < tokens; i++)
        {
            int next;
            using (Scope.Enter()) next = Next(decoder.Append(pending).ToArray<float>(), decoder.Length);
            yield return next;
            pending = [next];
        }
    }
}
