namespace SiaEngine;

/// <summary>Thrown when a device is missing, out of memory, lacks a kernel or is mixed with another.</summary>
public sealed class DeviceException : Exception
{
    /// <summary>Exception without a message.</summary>
    public DeviceException()
    {
    }

    /// <summary>Exception with one line: op, rule, operands.</summary>
    public DeviceException(string message)
        : base(message)
    {
    }

    /// <summary>Exception with one line and its cause.</summary>
    public DeviceException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
