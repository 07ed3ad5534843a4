namespace SiaEngine.Ops;

/// <summary>Functions of <see cref="Reduce"/>.</summary>
public enum ReduceFunction
{
    /// <summary>Sum.</summary>
    Sum,

    /// <summary>Arithmetic mean.</summary>
    Mean,

    /// <summary>Largest element; the gradient goes to the first of equals.</summary>
    Max,
}
