namespace SiaEngine.Cuda.Simulator;

/// <summary>What a file may still declare: it cannot ask for more memory than the simulator can give.</summary>
internal sealed class Budget
{
    /// <summary>Most bytes of all variables together: 1 GiB.</summary>
    public const long MostBytes = 1L << 30;

    /// <summary>Most bytes of all initialised variables together: 64 MiB.</summary>
    public const long MostInitialised = 1L << 26;

    /// <summary>Most registers of a function.</summary>
    public const int MostRegisters = 65_536;

    private long _bytes = MostBytes;
    private long _initialised = MostInitialised;
    private long _registers = 16 * MostRegisters;

    /// <summary>Takes bytes of a variable; false if they are not there.</summary>
    public bool TakeBytes(long count) => (_bytes -= count) >= 0;

    /// <summary>Takes bytes of an initial value; false if they are not there.</summary>
    public bool TakeInitialised(long count) => (_initialised -= count) >= 0;

    /// <summary>Takes registers; false if they are not there.</summary>
    public bool TakeRegisters(int count) => (_registers -= count) >= 0;
}
