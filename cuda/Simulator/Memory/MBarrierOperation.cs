namespace SiaEngine.Cuda.Simulator;

/// <summary>What an <see cref="MBarrierStep"/> does.</summary>
internal enum MBarrierOperation : byte
{
    /// <summary>Sets the number of arrivals of a phase.</summary>
    Init,

    /// <summary>Ends the object; its bytes are undefined.</summary>
    Invalidate,

    /// <summary>Arrives; releases.</summary>
    Arrive,

    /// <summary>Arrives and is not expected in later phases.</summary>
    ArriveDrop,

    /// <summary>Asks whether the phase of a state is complete; acquires if so.</summary>
    Test,

    /// <summary>Asks whether the phase of a parity is complete; acquires if so.</summary>
    TestParity,

    /// <summary>Arrivals a state was waiting for.</summary>
    PendingCount,

    /// <summary>Arrives when the thread's asynchronous copies so far have landed.</summary>
    CopyArrive,

    /// <summary>As <see cref="CopyArrive"/>, and adds the arrival to the current phase first.</summary>
    CopyArriveIncrement,
}
