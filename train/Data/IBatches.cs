namespace SiaEngine.Train.Data;

/// <summary>Training sequences, by the number of their batch alone, so that any batch can be drawn at any time.</summary>
public interface IBatches : IDisposable
{
    /// <summary>Writes batch number <paramref name="batch"/>: inputs and targets, each [rows, context]; a target of −1 does not count.</summary>
    void Fill(long batch, Span<int> inputs, Span<int> targets);
}
