namespace SiaEngine.Cuda.Simulator;

/// <summary>A scalar function of one operand; the steps run it for every lane.</summary>
internal interface IMap<TA, TResult>
{
    /// <summary>The function.</summary>
    static abstract TResult Apply(TA a);
}

/// <summary>A scalar function of two operands.</summary>
internal interface IMap<TA, TB, TResult>
{
    /// <summary>The function.</summary>
    static abstract TResult Apply(TA a, TB b);
}

/// <summary>A scalar function of three operands.</summary>
internal interface IMap<TA, TB, TC, TResult>
{
    /// <summary>The function.</summary>
    static abstract TResult Apply(TA a, TB b, TC c);
}

/// <summary>A scalar function of four operands.</summary>
internal interface IMap<TA, TB, TC, TD, TResult>
{
    /// <summary>The function.</summary>
    static abstract TResult Apply(TA a, TB b, TC c, TD d);
}
