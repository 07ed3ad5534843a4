namespace SiaEngine.Train.Kernels;

/// <summary>Extents that kernels are timed at.</summary>
/// <param name="Rows">Rows of elementwise and row kernels; also tokens.</param>
/// <param name="Columns">Columns; also the width of an embedding.</param>
/// <param name="Vocabulary">Classes and rows of an embedding.</param>
/// <param name="Sequences">Sequences of attention.</param>
/// <param name="Heads">Heads of attention.</param>
/// <param name="Length">Positions of attention.</param>
/// <param name="Product">Extent of the square products whose rate is the measure.</param>
/// <param name="CopyBytes">Bytes of the copy whose rate is the measure.</param>
internal sealed record SweepSize(int Rows, int Columns, int Vocabulary, int Sequences, int Heads, int Length, int Product, int CopyBytes)
{
    /// <summary>Fills a data-centre GPU; needs about 4 GiB.</summary>
    public static SweepSize Full { get; } = new(8192, 2048, 50_304, 4, 12, 1024, 8192, 512 << 20);

    /// <summary>What the simulator does in seconds.</summary>
    public static SweepSize Tiny { get; } = new(8, 40, 50, 1, 1, 12, 16, 4096);
}
