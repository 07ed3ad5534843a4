namespace SiaEngine.Cuda.Simulator;

/// <summary>Where a variable lives (PTX ISA 8.4, section 5.1).</summary>
public enum StateSpace : byte
{
    /// <summary>No space given: an address may lie in global, shared, local or const memory.</summary>
    Generic,

    /// <summary>Registers of a thread.</summary>
    Register,

    /// <summary>Read-only memory filled by the module.</summary>
    Constant,

    /// <summary>Memory of the device, seen by all threads.</summary>
    Global,

    /// <summary>Memory of a thread.</summary>
    Local,

    /// <summary>Parameters of a kernel or function.</summary>
    Parameter,

    /// <summary>Memory of a block.</summary>
    Shared,
}
