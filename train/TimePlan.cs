using System.Globalization;

namespace SiaEngine.Train;

/// <summary>Time a run will take, from passes measured on this machine before its first step.</summary>
/// <param name="Training">Forward and backward passes, seconds; the optimizers' own work is not in it.</param>
/// <param name="Evaluation">Evaluations, seconds.</param>
/// <param name="MicroBatch">Measured seconds of one micro-batch.</param>
/// <param name="OneEvaluation">One evaluation at all contexts, seconds.</param>
public sealed record TimePlan(double Training, double Evaluation, double MicroBatch, double OneEvaluation)
{
    /// <summary>Runs of fewer micro-batches are over before measuring them pays.</summary>
    public const int FewestMicroBatches = 50;

    /// <summary>Everything, seconds.</summary>
    public double Total => Training + Evaluation;

    /// <summary>
    /// Training is the measured micro-batch times their number. Evaluation is the measured forward pass per token, in proportion to the operations of a token at each context:
    /// 2 per weight outside the embedding and, per layer, 2 T C of causal attention.
    /// </summary>
    /// <param name="config">The run.</param>
    /// <param name="vocabulary">Token ids of the model.</param>
    /// <param name="forward">Measured seconds of the forward pass of a micro-batch.</param>
    /// <param name="both">Measured seconds of its forward and backward pass.</param>
    /// <param name="steps">Steps to go.</param>
    /// <param name="evaluations">Evaluations to go.</param>
    /// <param name="evaluationTokens">Tokens of an evaluation at one context.</param>
    public static TimePlan Of(RunConfig config, int vocabulary, double forward, double both, int steps, int evaluations, int evaluationTokens)
    {
        var model = config.Model(vocabulary);
        double Operations(int context) => 2.0 * (model.Parameters - (long)vocabulary * model.Width) + 2.0 * context * model.Width * model.Layers;
        var perToken = forward / config.MicroBatchTokens / Operations(config.Context);
        var evaluation = config.Contexts.Sum(context => perToken * Operations(context) * evaluationTokens);
        return new((double)steps * (config.BatchTokens / config.MicroBatchTokens) * both, evaluations * evaluation, both, evaluation);
    }

    /// <summary>Seconds of a whole run of this configuration on the same machine.</summary>
    public double Whole(RunConfig config) =>
        (double)config.Steps * (config.BatchTokens / config.MicroBatchTokens) * MicroBatch + (config.EvalEvery > 0 ? 1 + (config.Steps - 1) / config.EvalEvery : 1) * OneEvaluation;

    /// <summary>The plan in words.</summary>
    public string Describe() => $"about {Duration(Total)} on this machine, {Duration(Evaluation)} of it evaluations, from a micro-batch that took {Duration(MicroBatch)}";

    /// <summary>Seconds in a readable unit.</summary>
    public static string Duration(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{(seconds < 1 ? $"{1000 * seconds:F0} ms" : seconds < 100 ? $"{seconds:F1} s" : seconds < 6000 ? $"{seconds / 60:F0} min" : seconds < 360_000 ? $"{seconds / 3600:F1} h" : $"{seconds / 86_400:F0} days")}");
}
