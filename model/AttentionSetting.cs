namespace SiaEngine.Model;

/// <summary>What the tables of an <see cref="AttentionMethod"/> may depend on.</summary>
/// <param name="Heads">Number of heads.</param>
/// <param name="HeadDim">Dimensions per head, even.</param>
/// <param name="TrainContext">Context the model is trained at, tokens.</param>
/// <param name="Context">Context now, tokens; longer than <paramref name="TrainContext"/> only in evaluation.</param>
/// <param name="Options">Hyperparameters and readings.</param>
public readonly record struct AttentionSetting(int Heads, int HeadDim, int TrainContext, int Context, AttentionOptions Options)
{
    /// <summary>Evaluation context in training contexts, at least 1.</summary>
    public double Stretch => Math.Max(1, (double)Context / TrainContext);
}
