namespace SiaEngine.Cuda;

/// <summary>How the two-stage sums of squares of <c>gradient_norm.ptx</c> and <c>muon.ptx</c> are cut: by the count alone, so that results keep their bits.</summary>
internal static class PartialSums
{
    private const int Block = 256;
    private const int ElementsPerThread = 16;
    private const int MaxPartials = 512;

    /// <summary>Partial sums of a count of elements, one per block: as many as leave each thread 16 elements, at most two for each thread of the block that adds them up.</summary>
    public static int Of(long count) => (int)Math.Clamp((count + Block * ElementsPerThread - 1) / (Block * ElementsPerThread), 1, MaxPartials);

    /// <summary>Launch with one block per partial sum.</summary>
    public static LaunchShape Shape(int partials) => LaunchShape.Rows(partials, Block);
}
