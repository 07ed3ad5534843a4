namespace SiaEngine.Cuda.Simulator;

/// <summary>A kernel stopped by a check. The message is one precise report: kernel, file and line, instruction, block, thread, address, and who else was involved.</summary>
public sealed class KernelFaultException : Exception
{
    /// <summary>Empty fault.</summary>
    public KernelFaultException()
    {
    }

    /// <summary>Fault with a message.</summary>
    public KernelFaultException(string message)
        : base(message)
    {
    }

    /// <summary>Fault caused by another.</summary>
    public KernelFaultException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>Fault of a kind at a line of the assembled text.</summary>
    public KernelFaultException(KernelFault fault, string kernel, int line, string message)
        : base(message) => (Fault, Kernel, Line) = (fault, kernel, line);

    /// <summary>What was found.</summary>
    public KernelFault Fault { get; }

    /// <summary>Entry that was running.</summary>
    public string Kernel { get; } = "";

    /// <summary>Line of the assembled text.</summary>
    public int Line { get; }
}
