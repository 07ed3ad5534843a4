namespace SiaEngine.Train;

/// <summary>Schedules of the learning rate as a multiplier of each group's base rate; step counts from 0.</summary>
public static class LearningRate
{
    /// <summary>1 until the last <paramref name="cooldown"/> steps, then linear: (steps − step) / cooldown.</summary>
    public static double ConstantLinear(int step, int steps, int cooldown) => step < steps - cooldown ? 1 : (double)(steps - step) / cooldown;

    /// <summary>½ (1 + cos(π step / steps)).</summary>
    public static double Cosine(int step, int steps) => 0.5 * (1 + Math.Cos(Math.PI * step / steps));

    /// <summary>Linear to 1, constant, linear to 0, a third of the steps each.</summary>
    public static double Thirds(int step, int steps)
    {
        var third = Math.Max(1, steps / 3);
        return step < third ? (step + 1.0) / third : step < 2 * third ? 1 : (double)(steps - step) / Math.Max(1, steps - 2 * third);
    }

    /// <summary>The schedule a configuration names.</summary>
    /// <exception cref="ArgumentException">No such schedule.</exception>
    public static Func<int, double> Of(RunConfig config) => config.Schedule switch
    {
        "constant-linear" => step => ConstantLinear(step, config.Steps, config.CooldownSteps),
        "cosine" => step => Cosine(step, config.Steps),
        _ => throw new ArgumentException($"--schedule takes constant-linear or cosine, not '{config.Schedule}'"),
    };
}
