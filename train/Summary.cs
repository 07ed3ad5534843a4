using System.Text.Json;

namespace SiaEngine.Train;

/// <summary>Content of <c>summary.json</c>.</summary>
/// <param name="Device">Device name.</param>
/// <param name="Threads">CPU threads.</param>
/// <param name="Seconds">Wall time.</param>
/// <param name="UnigramEntropy">Entropy of the training tokens' frequencies, nats; null for ready-made shards.</param>
/// <param name="Methods">An entry per method.</param>
public sealed record Summary(string Device, int Threads, double Seconds, double? UnigramEntropy, IReadOnlyList<MethodResult> Methods)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>Writes the file, complete or not at all.</summary>
    public void Write(string path) => AtomicText.Write(path, JsonSerializer.Serialize(this, Json));
}
