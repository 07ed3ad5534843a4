namespace SiaEngine.SimulatedCuda;

/// <summary>The device's memory pool, behind <c>cuMemAllocAsync</c>. It gives memory back at once, so what is reserved is what is used.</summary>
internal sealed unsafe class Pool
{
    private const int ReuseFollowEventDependencies = 1;
    private const int ReuseAllowInternalDependencies = 3;
    private const int ReleaseThreshold = 4;
    private const int ReservedCurrent = 5;
    private const int ReservedHigh = 6;
    private const int UsedCurrent = 7;
    private const int UsedHigh = 8;

    private readonly int[] _reuse = [1, 1, 1];
    private ulong _threshold;

    /// <summary>Bytes in use.</summary>
    public nuint Used { get; private set; }

    /// <summary>Most bytes in use at a time.</summary>
    public nuint Peak { get; private set; }

    /// <summary>Counts an allocation.</summary>
    public void Take(nuint bytes)
    {
        Used += bytes;
        Peak = nuint.Max(Peak, Used);
    }

    /// <summary>Counts what is freed.</summary>
    public void Return(nuint bytes) => Used -= bytes;

    /// <summary>Sets an attribute; the high marks can only be set to 0.</summary>
    public CuResult Set(int attribute, void* value)
    {
        switch (attribute)
        {
            case >= ReuseFollowEventDependencies and <= ReuseAllowInternalDependencies:
                _reuse[attribute - 1] = *(int*)value;
                return CuResult.Success;
            case ReleaseThreshold:
                _threshold = *(ulong*)value;
                return CuResult.Success;
            case ReservedHigh or UsedHigh when *(ulong*)value == 0:
                Peak = Used;
                return CuResult.Success;
            default:
                return CuResult.InvalidValue;
        }
    }

    /// <summary>Reads an attribute.</summary>
    public CuResult Get(int attribute, void* value)
    {
        switch (attribute)
        {
            case >= ReuseFollowEventDependencies and <= ReuseAllowInternalDependencies:
                *(int*)value = _reuse[attribute - 1];
                return CuResult.Success;
            case ReleaseThreshold:
                *(ulong*)value = _threshold;
                return CuResult.Success;
            case ReservedCurrent or UsedCurrent:
                *(ulong*)value = Used;
                return CuResult.Success;
            case ReservedHigh or UsedHigh:
                *(ulong*)value = Peak;
                return CuResult.Success;
            default:
                return CuResult.InvalidValue;
        }
    }
}
