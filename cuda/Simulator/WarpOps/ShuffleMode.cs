namespace SiaEngine.Cuda.Simulator;

/// <summary>Which lane a shuffle reads.</summary>
internal enum ShuffleMode : byte
{
    /// <summary>The lane a distance below.</summary>
    Up,

    /// <summary>The lane a distance above.</summary>
    Down,

    /// <summary>The lane whose number differs in the given bits.</summary>
    Butterfly,

    /// <summary>The lane named.</summary>
    Index,
}
