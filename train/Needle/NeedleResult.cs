using System.Text.Json.Serialization;

namespace SiaEngine.Train.Needle;

/// <summary>A checkpoint after its tuning.</summary>
/// <param name="Checkpoint">Folder it came from.</param>
/// <param name="Attention">Rule it is scored under.</param>
/// <param name="TrainContext">Context of training and tuning.</param>
/// <param name="FinalLoss">Mean loss of the answers in the last tenth of the tuning steps, nats per token.</param>
/// <param name="Scores">By context.</param>
/// <param name="Losses">Loss of the answers at every tuning step.</param>
/// <param name="Sample">A right answer of the longest context and what the model wrote.</param>
internal sealed record NeedleResult(string Checkpoint, string Attention, int TrainContext, double FinalLoss, IReadOnlyList<NeedleScore> Scores, [property: JsonIgnore] IReadOnlyList<double> Losses, string Sample);
