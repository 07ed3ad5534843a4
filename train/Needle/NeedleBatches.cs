using SiaEngine.Train.Data;

namespace SiaEngine.Train.Needle;

/// <summary>Batches of needle prompts to learn from; only the answer counts.</summary>
internal sealed class NeedleBatches(NeedleText text, int context) : IBatches
{
    /// <inheritdoc/>
    public void Fill(long batch, Span<int> inputs, Span<int> targets)
    {
        var rows = inputs.Length / context;
        for (var row = 0; row < rows; row++)
        {
            var example = text.Example(batch * rows + row, context);
            example.Tokens.CopyTo(inputs[(row * context)..]);
            example.Targets(targets.Slice(row * context, context), text.End);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => text.Dispose();
}
