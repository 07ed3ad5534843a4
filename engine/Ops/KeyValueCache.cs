namespace SiaEngine.Ops;

/// <summary>Keys and values of one layer for the positions seen so far; the memory for <see cref="Capacity"/> positions is taken at once.</summary>
public sealed class KeyValueCache : IDisposable
{
    /// <summary>An empty cache for a batch of sequences of width C = heads · D.</summary>
    public KeyValueCache(int batch, int capacity, int width, DType dtype, Device device)
    {
        Keys = Tensor.Persistent([batch, capacity, width], dtype, device);
        Values = Tensor.Persistent([batch, capacity, width], dtype, device);
    }

    /// <summary>Keys [B, capacity, C], after norm and rotation.</summary>
    public Tensor Keys { get; }

    /// <summary>Values [B, capacity, C].</summary>
    public Tensor Values { get; }

    /// <summary>Positions held.</summary>
    public int Length { get; internal set; }

    /// <summary>Positions there is room for.</summary>
    public int Capacity => Keys.Shape[1];

    /// <inheritdoc/>
    public void Dispose()
    {
        Keys.Release();
        Values.Release();
    }
}
