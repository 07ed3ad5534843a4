namespace SiaEngine.Model;

/// <summary>What the tables of an <see cref="AttentionMethod"/> may depend on.</summary>
/// <param name="Heads">Number of heads.</param>
/// <param name="HeadDim">Dimensions per head, even.</param>
/// <param name="TrainContext">Context the model is trained at, tokens.</param>
/// <param name="Context">Context now, tokens; longer than <paramref name="TrainContext"/> only in evaluation.</param>
/// <param name="Tau">τ of the scale-invariant methods, tokens.</param>
/// <param name="PRopeBase">Effective base of p-RoPE; 0 for 1024 in proportion to the training context.</param>
public readonly record struct AttentionSetting(int Heads, int HeadDim, int TrainContext, int Context, double Tau, double PRopeBase);
