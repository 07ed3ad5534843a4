using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>Makes the fastest step for a function: vectors where the lanes lie side by side, else one lane at a time.</summary>
internal static unsafe class AluSteps
{
    /// <summary>d = f(a).</summary>
    public static Step Unary<T, TMap>(Slot d, Slot a, int flops = 0) where T : unmanaged where TMap : struct, IVectorUnary<T> =>
        IsPacked<T>(d) && IsPacked<T>(a) ? new VectorUnaryStep<T, TMap>(d, a, flops) : new MapStep<T, T, TMap>(d, a, flops);

    /// <summary>d = f(a, b).</summary>
    public static Step Binary<T, TMap>(Slot d, Slot a, Slot b, int flops = 0) where T : unmanaged where TMap : struct, IVectorBinary<T> =>
        IsPacked<T>(d) && IsPacked<T>(a) && IsPacked<T>(b) ? new VectorBinaryStep<T, TMap>(d, a, b, flops) : new MapStep<T, T, T, TMap>(d, a, b, flops);

    /// <summary>d = f(a, b, c).</summary>
    public static Step Ternary<T, TMap>(Slot d, Slot a, Slot b, Slot c, int flops = 0) where T : unmanaged where TMap : struct, IVectorTernary<T> =>
        IsPacked<T>(d) && IsPacked<T>(a) && IsPacked<T>(b) && IsPacked<T>(c)
            ? new VectorTernaryStep<T, TMap>(d, a, b, c, flops)
            : new MapStep<T, T, T, T, TMap>(d, a, b, c, flops);

    /// <summary>The interpretation of a type's bits as an integer.</summary>
    public static TResult OfInteger<TVisitor, TResult>(PtxType type, TVisitor visitor) where TVisitor : IIntegerVisitor<TResult> => type switch
    {
        PtxType.S8 => visitor.Visit<sbyte>(),
        PtxType.S16 => visitor.Visit<short>(),
        PtxType.S32 => visitor.Visit<int>(),
        PtxType.S64 => visitor.Visit<long>(),
        PtxType.B8 or PtxType.U8 => visitor.Visit<byte>(),
        _ when type.Size == 2 => visitor.Visit<ushort>(),
        _ when type.Size == 8 => visitor.Visit<ulong>(),
        _ => visitor.Visit<uint>(),
    };

    private static bool IsPacked<T>(Slot slot) where T : unmanaged => slot.Stride == sizeof(T);
}

/// <summary>Something to be made for an integer type known only as data.</summary>
internal interface IIntegerVisitor<out TResult>
{
    /// <summary>Makes it.</summary>
    TResult Visit<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>;
}
