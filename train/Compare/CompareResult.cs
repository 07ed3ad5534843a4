namespace SiaEngine.Train.Compare;

/// <summary>One method with one seed, trained (or taken from the training of a method that differs only beyond the training context) and evaluated.</summary>
/// <param name="Name">Name of the variant: a method, or a method with another tau.</param>
/// <param name="Method">Attention method.</param>
/// <param name="Tau">τ of the scale-invariant methods.</param>
/// <param name="Seed">Seed of weights and batches.</param>
/// <param name="Training">Folder of the training run.</param>
/// <param name="Steps">Optimizer steps.</param>
/// <param name="Tokens">Tokens trained on.</param>
/// <param name="FinalTrainLoss">Mean loss of the last 5% of the steps.</param>
/// <param name="TokensPerSecond">Training speed.</param>
/// <param name="EvalTokens">Validation tokens asked for.</param>
/// <param name="Evaluations">Validation loss at every context, with positions.</param>
public sealed record CompareResult(string Name, string Method, double Tau, ulong Seed, string Training, int Steps, long Tokens, double FinalTrainLoss, double TokensPerSecond, int EvalTokens, IReadOnlyList<ContextLoss> Evaluations)
{
    /// <summary>Mean loss at a context.</summary>
    public double At(int context) => Evaluations.First(e => e.Context == context).Mean;
}
