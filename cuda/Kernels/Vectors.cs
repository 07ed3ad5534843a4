namespace SiaEngine.Cuda;

/// <summary>Whether kernels may move tensors or their rows 16 bytes at a time: the parameter <c>vectors</c>, 0 or 1.</summary>
internal static class Vectors
{
    /// <summary>Bytes of an access.</summary>
    public const int AccessBytes = 16;

    /// <summary>1 if every row of so many elements begins and ends at a multiple of 16 bytes in all of the tensors.</summary>
    public static int Of(int columns, DType dtype, params ReadOnlySpan<Tensor> tensors)
    {
        return (long)columns * dtype.Size % AccessBytes == 0 ? Of(tensors) : 0;
    }

    /// <summary>1 if all tensors begin at a multiple of 16 bytes.</summary>
    public static int Of(params ReadOnlySpan<Tensor> tensors)
    {
        foreach (var tensor in tensors)
            if (tensor.Address % AccessBytes != 0) return 0;
        return 1;
    }
}
