namespace SiaEngine.Cuda;

/// <summary>
/// How elementwise kernels cut a number of elements (<c>native/ptx/include/grid.ptx</c>): blocks of 2048 elements that move 16 bytes at a time, if all
/// addresses allow it, and behind them blocks of one element per thread.
/// </summary>
/// <param name="Shape">The launch.</param>
/// <param name="Vectors">Elements in blocks of 2048: the parameter <c>vectors</c>.</param>
internal readonly record struct ElementSplit(LaunchShape Shape, long Vectors)
{
    private const int Block = 256;
    private const int WholeBlock = 8 * Block;

    /// <summary>The split for kernels that touch these tensors element by element.</summary>
    public static ElementSplit Of(long count, params ReadOnlySpan<Tensor> tensors)
    {
        var vectors = Cuda.Vectors.Of(tensors) * (count / WholeBlock * WholeBlock);
        var blocks = vectors / WholeBlock + (count - vectors + Block - 1) / Block;
        return new(LaunchShape.Rows(Math.Max(1, blocks), Block), vectors);
    }
}
