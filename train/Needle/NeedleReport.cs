using System.Text.Json;

namespace SiaEngine.Train.Needle;

/// <summary>Content of <c>needle.json</c>.</summary>
/// <param name="Device">Device name.</param>
/// <param name="Seed">Seed of prompts.</param>
/// <param name="Steps">Tuning steps.</param>
/// <param name="Batch">Sequences per step.</param>
/// <param name="Examples">Prompts scored per context.</param>
/// <param name="Colliding">Whether cities were drawn with repetition.</param>
/// <param name="Seconds">Wall time.</param>
/// <param name="Results">By checkpoint.</param>
internal sealed record NeedleReport(string Device, ulong Seed, int Steps, int Batch, int Examples, bool Colliding, double Seconds, IReadOnlyList<NeedleResult> Results)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>Writes the file, complete or not at all.</summary>
    public void Write(string path) => AtomicText.Write(path, JsonSerializer.Serialize(this, Json));
}
