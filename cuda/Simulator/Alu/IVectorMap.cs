using System.Runtime.Intrinsics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>A function of one operand with a form for several lanes at once; both give the same bits.</summary>
internal interface IVectorUnary<T> : IMap<T, T> where T : unmanaged
{
    /// <summary>The function, lane by lane.</summary>
    static abstract Vector256<T> Apply(Vector256<T> a);
}

/// <summary>A function of two operands with a form for several lanes at once; both give the same bits.</summary>
internal interface IVectorBinary<T> : IMap<T, T, T> where T : unmanaged
{
    /// <summary>The function, lane by lane.</summary>
    static abstract Vector256<T> Apply(Vector256<T> a, Vector256<T> b);
}

/// <summary>A function of three operands with a form for several lanes at once; both give the same bits.</summary>
internal interface IVectorTernary<T> : IMap<T, T, T, T> where T : unmanaged
{
    /// <summary>The function, lane by lane.</summary>
    static abstract Vector256<T> Apply(Vector256<T> a, Vector256<T> b, Vector256<T> c);
}
