using System.Globalization;

namespace SiaEngine.Train;

/// <summary>Validation loss at one context length.</summary>
/// <param name="Context">Tokens per sequence.</param>
/// <param name="Mean">Mean loss of all positions, nats per token.</param>
/// <param name="ByPosition">Mean loss in ranges of positions that double: [0, 1), [1, 2), [2, 4), …</param>
public sealed record ContextLoss(int Context, double Mean, IReadOnlyList<PositionLoss> ByPosition)
{
    /// <summary>A context as a JSON key.</summary>
    public static string Key(int context) => context.ToString(CultureInfo.InvariantCulture);
}
