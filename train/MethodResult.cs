using System.Text.Json.Serialization;

namespace SiaEngine.Train;

/// <summary>What a run of one method reports; the serialised part is an entry of <c>summary.json</c>.</summary>
public sealed record MethodResult
{
    /// <summary>Name of the attention method.</summary>
    public required string Name { get; init; }

    /// <summary>Number of weights.</summary>
    public required long Parameters { get; init; }

    /// <summary>Training context, tokens.</summary>
    public required int TrainContext { get; init; }

    /// <summary>Optimizer steps.</summary>
    public required int Steps { get; init; }

    /// <summary>Tokens seen.</summary>
    public required long Tokens { get; init; }

    /// <summary>Mean loss of the last 5% of the steps, nats.</summary>
    public required double FinalTrainLoss { get; init; }

    /// <summary>Validation loss by context length, nats per token.</summary>
    public required IReadOnlyDictionary<string, double> ValLoss { get; init; }

    /// <summary>Standard error of <see cref="ValLoss"/> over seeds; none for a single seed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, double>? ValLossError { get; init; }

    /// <summary>Training speed.</summary>
    [JsonPropertyName("tokens_per_s")]
    public required double TokensPerSecond { get; init; }

    /// <summary>Largest memory of the process, MiB.</summary>
    public required long PeakRssMib { get; init; }

    /// <summary>Validation loss by context with positions.</summary>
    [JsonIgnore]
    public IReadOnlyList<ContextLoss> Evaluations { get; init; } = [];

    /// <summary>Every step, from the log.</summary>
    [JsonIgnore]
    public IReadOnlyList<LoggedStep> Curve { get; init; } = [];

    /// <summary>Generated text.</summary>
    [JsonIgnore]
    public string Sample { get; init; } = "";
}
