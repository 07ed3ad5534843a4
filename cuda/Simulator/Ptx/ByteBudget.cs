namespace SiaEngine.Cuda.Simulator;

/// <summary>Bytes the variables of a file may still take; a file cannot ask for more memory than the simulator can give.</summary>
internal sealed class ByteBudget
{
    /// <summary>Most bytes of all variables of a file together: 1 GiB.</summary>
    public const long Most = 1L << 30;

    /// <summary>Most bytes of an initialised variable: 64 MiB.</summary>
    public const long MostInitialised = 1L << 26;

    private long _left = Most;

    /// <summary>Takes bytes; false if they are not there.</summary>
    public bool Take(long bytes)
    {
        if (bytes > _left) return false;
        _left -= bytes;
        return true;
    }
}
