namespace SiaEngine.Model;

/// <summary>Initial weights: embedding N(0, 1); matrices U(±1/√fan_in); the matrices that write to the residual stream and the head are zero; scales are constant.</summary>
internal static class Initialization
{
    /// <summary>Weights drawn at a time, so that a large model needs no second copy, and of these per task.</summary>
    private const int Piece = 1 << 14, Chunk = 1 << 12;

    /// <summary>Standard normals.</summary>
    public static void Normal(Parameter parameter, Philox random) => Fill(parameter, i => random.Normal(i));

    /// <summary>Uniform in ±1/√fan_in, fan_in the last axis.</summary>
    public static void Uniform(Parameter parameter, Philox random)
    {
        var bound = 1 / Math.Sqrt(parameter.Shape.Last);
        Fill(parameter, i => bound * (2 * random.Uniform(i) - 1));
    }

    /// <summary>Zeros.</summary>
    public static void Zero(Parameter parameter) => Constant(parameter, 0);

    /// <summary>One value everywhere.</summary>
    public static void Constant(Parameter parameter, double value) => Fill(parameter, _ => value);

    private static void Fill(Parameter parameter, Func<ulong, double> value)
    {
        var count = parameter.Shape.Count;
        var piece = new double[Math.Min(count, Piece)];
        for (var first = 0L; first < count; first += Piece)
        {
            var (start, present) = (first, (int)Math.Min(Piece, count - first));
            Parallel.For(0, (present + Chunk - 1) / Chunk, chunk =>
            {
                for (var i = chunk * Chunk; i < Math.Min(present, (chunk + 1) * Chunk); i++) piece[i] = value((ulong)(start + i));
            });
            parameter.Set(piece.AsSpan(0, present), start);
        }
    }
}
