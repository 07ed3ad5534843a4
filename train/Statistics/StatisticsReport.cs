using System.Text.Json;

namespace SiaEngine.Train.Statistics;

/// <summary>Content of <c>statistics.json</c>.</summary>
/// <param name="Checkpoint">Folder of the checkpoint.</param>
/// <param name="Attention">Rule the model ran under.</param>
/// <param name="TrainContext">Context it was trained at.</param>
/// <param name="Rows">Most queries per range of positions and sequence.</param>
/// <param name="Contexts">By context.</param>
internal sealed record StatisticsReport(string Checkpoint, string Attention, int TrainContext, int Rows, IReadOnlyList<ContextStatistics> Contexts)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>Writes the file, complete or not at all.</summary>
    public void Write(string path) => AtomicText.Write(path, JsonSerializer.Serialize(this, Json));
}
