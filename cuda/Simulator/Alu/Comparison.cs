using System.Numerics;
using System.Runtime.Intrinsics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>Comparison operators of <c>setp</c> and <c>set</c> (PTX ISA 8.4, section 9.7.6); the unordered ones are true if an operand is NaN.</summary>
internal static class Comparison
{
    /// <summary>Operators of floating-point types.</summary>
    public static readonly string[] FloatOperators =
        ["eq", "ne", "lt", "le", "gt", "ge", "equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan"];

    /// <summary>Operators of integer types.</summary>
    public static readonly string[] IntegerOperators = ["eq", "ne", "lt", "le", "gt", "ge", "lo", "ls", "hi", "hs"];

    /// <summary>Types compared.</summary>
    public static readonly PtxType[] Types =
    [
        PtxType.B16, PtxType.B32, PtxType.B64, PtxType.U16, PtxType.U32, PtxType.U64, PtxType.S16, PtxType.S32, PtxType.S64, PtxType.F32, PtxType.F64,
    ];

    /// <summary>The operator among the modifiers, checked against the type.</summary>
    public static string Operator(Form form, PtxType type)
    {
        var accepted = type.IsFloat ? FloatOperators
            : type is PtxType.B16 or PtxType.B32 or PtxType.B64 ? ["eq", "ne"] : IntegerOperators;
        var found = form.OneOf(accepted) ?? throw form.Error($"{form.At} needs a comparison of {string.Join(", ", accepted)}");
        if (found is "lo" or "ls" or "hi" or "hs" && type.IsSigned) throw form.Error($"{form.At} compares unsigned numbers with .{found}, its type is signed");
        return found;
    }

    /// <summary>A comparison as a type argument.</summary>
    public interface ICompare
    {
        /// <summary>Whether it holds.</summary>
        static abstract bool Holds<T>(T a, T b) where T : unmanaged, INumber<T>;

        /// <summary>All ones in the lanes where it holds.</summary>
        static abstract Vector256<T> Lanes<T>(Vector256<T> a, Vector256<T> b);
    }

    public readonly struct Equal : ICompare
    {
        public static bool Holds<T>(T a, T b) where T : unmanaged, INumber<T> => a == b;
        public static Vector256<T> Lanes<T>(Vector256<T> a, Vector256<T> b) => Vector256.Equals(a, b);
    }

    public readonly struct NotEqual : ICompare
    {
        public static bool Holds<T>(T a, T b) where T : unmanaged, INumber<T> => a < b || a > b;
        public static Vector256<T> Lanes<T>(Vector256<T> a, Vector256<T> b) => Vector256.LessThan(a, b) | Vector256.GreaterThan(a, b);
    }

    public readonly struct Less : ICompare
    {
        public static bool Holds<T>(T a, T b) where T : unmanaged, INumber<T> => a < b;
        public static Vector256<T> Lanes<T>(Vector256<T> a, Vector256<T> b) => Vector256.LessThan(a, b);
    }

    public readonly struct LessOrEqual : ICompare
    {
        public static bool Holds<T>(T a, T b) where T : unmanaged, INumber<T> => a <= b;
        public static Vector256<T> Lanes<T>(Vector256<T> a, Vector256<T> b) => Vector256.LessThanOrEqual(a, b);
    }

    public readonly struct Greater : ICompare
    {
        public static bool Holds<T>(T a, T b) where T : unmanaged, INumber<T> => a > b;
        public static Vector256<T> Lanes<T>(Vector256<T> a, Vector256<T> b) => Vector256.GreaterThan(a, b);
    }

    public readonly struct GreaterOrEqual : ICompare
    {
        public static bool Holds<T>(T a, T b) where T : unmanaged, INumber<T> => a >= b;
        public static Vector256<T> Lanes<T>(Vector256<T> a, Vector256<T> b) => Vector256.GreaterThanOrEqual(a, b);
    }

    public readonly struct Numbers : ICompare
    {
        public static bool Holds<T>(T a, T b) where T : unmanaged, INumber<T> => !T.IsNaN(a) && !T.IsNaN(b);
        public static Vector256<T> Lanes<T>(Vector256<T> a, Vector256<T> b) => Vector256.Equals(a, a) & Vector256.Equals(b, b);
    }

    /// <summary>The contrary: of an ordered operator, the unordered one.</summary>
    public readonly struct Not<TCompare> : ICompare where TCompare : struct, ICompare
    {
        public static bool Holds<T>(T a, T b) where T : unmanaged, INumber<T> => !TCompare.Holds(a, b);
        public static Vector256<T> Lanes<T>(Vector256<T> a, Vector256<T> b) => ~TCompare.Lanes(a, b);
    }

    /// <summary>Something to be made for an operator known only as text.</summary>
    public interface IVisitor<out TResult>
    {
        /// <summary>Makes it.</summary>
        TResult Visit<TCompare>() where TCompare : struct, ICompare;
    }

    /// <summary>Makes something for an operator.</summary>
    public static TResult Of<TVisitor, TResult>(string name, TVisitor visitor) where TVisitor : IVisitor<TResult> => name switch
    {
        "eq" => visitor.Visit<Equal>(),
        "ne" => visitor.Visit<NotEqual>(),
        "lt" or "lo" => visitor.Visit<Less>(),
        "le" or "ls" => visitor.Visit<LessOrEqual>(),
        "gt" or "hi" => visitor.Visit<Greater>(),
        "ge" or "hs" => visitor.Visit<GreaterOrEqual>(),
        "num" => visitor.Visit<Numbers>(),
        "equ" => visitor.Visit<Not<NotEqual>>(),
        "neu" => visitor.Visit<Not<Equal>>(),
        "ltu" => visitor.Visit<Not<GreaterOrEqual>>(),
        "leu" => visitor.Visit<Not<Greater>>(),
        "gtu" => visitor.Visit<Not<LessOrEqual>>(),
        "geu" => visitor.Visit<Not<Less>>(),
        _ => visitor.Visit<Not<Numbers>>(),
    };
}
