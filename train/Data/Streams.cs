namespace SiaEngine.Train.Data;

/// <summary>Streams of random numbers, one per purpose, so that one seed serves all of them independently.</summary>
internal static class Streams
{
    /// <summary>Places of training windows.</summary>
    public const ulong Batches = 0x62617463;
}
