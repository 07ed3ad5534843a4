namespace SiaEngine.Ops;

/// <summary>Functions of <see cref="Binary"/>.</summary>
public enum BinaryFunction
{
    /// <summary>a + b.</summary>
    Add,

    /// <summary>a − b.</summary>
    Subtract,

    /// <summary>a · b.</summary>
    Multiply,

    /// <summary>a / b.</summary>
    Divide,

    /// <summary>max(a, b); the gradient of equals goes to a.</summary>
    Maximum,
}
