using System.Runtime.CompilerServices;

namespace SiaEngine.Cpu;

/// <summary>Rows of D elements addressed by batch, head and position, wherever they lie: a part of packed qkv, an output, a cache.</summary>
/// <param name="data">Row of batch 0, head 0, position 0; null when there is nothing to read or write.</param>
/// <param name="batch">Elements from one batch entry to the next.</param>
/// <param name="head">Elements from one head to the next.</param>
/// <param name="row">Elements from one position to the next.</param>
internal readonly unsafe struct HeadRows<T>(T* data, nint batch, nint head, nint row) where T : unmanaged
{
    /// <summary>Elements from one position to the next.</summary>
    public nint Row => row;

    /// <summary>Whether there is nothing behind it.</summary>
    public bool IsNull => data == null;

    /// <summary>The row of a position.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* At(int batchIndex, int headIndex, int position) => data + batchIndex * batch + headIndex * head + position * row;

    /// <summary>Part 0, 1, 2 (q, k, v) of packed qkv [B, T, 3C], or with one part all of [B, T, C].</summary>
    public static HeadRows<T> Of(Tensor x, int heads, int part = 0, int parts = 1)
    {
        var width = x.Shape.Last / parts;
        return new((T*)x.Address + part * width, (nint)x.Shape[1] * x.Shape.Last, width / heads, x.Shape.Last);
    }
}
