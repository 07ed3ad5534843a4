namespace SiaEngine.Model;

/// <summary>Initial weights: embedding N(0, 1); matrices U(±1/√fan_in); the matrices that write to the residual stream and the head are zero; scales are constant.</summary>
internal static class Initialization
{
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
        var count = checked((int)parameter.Shape.Count);
        var master = new double[count];
        Parallel.For(0, (count + 0xFFFF) >> 16, chunk =>
        {
            for (var i = chunk << 16; i < Math.Min(count, (chunk + 1) << 16); i++) master[i] = value((ulong)i);
        });
        parameter.Set(master);
    }
}
