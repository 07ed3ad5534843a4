using System.Numerics;
using System.Runtime.CompilerServices;
using SiaEngine.Ops;

namespace SiaEngine.Cpu;

/// <summary>A function of <see cref="Unary"/> with its derivative, given x, or y where <see cref="Unary.SavesResult"/> says so.</summary>
internal interface IUnaryFunction
{
    static abstract V Value<V, T>(V x) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T>;

    static abstract V Derivative<V, T>(V saved) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T>;
}

/// <summary>What to do with the function that was looked up.</summary>
internal interface IUnaryVisitor
{
    void Visit<F>() where F : struct, IUnaryFunction;
}

/// <summary>The functions of <see cref="Unary"/> on registers.</summary>
internal static class UnaryFunctions
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>Calls the visitor with the type of a function.</summary>
    public static void Find<TVisitor>(UnaryFunction f, TVisitor visitor) where TVisitor : struct, IUnaryVisitor
    {
        switch (f)
        {
            case UnaryFunction.Abs: visitor.Visit<Abs>(); break;
            case UnaryFunction.Square: visitor.Visit<Square>(); break;
            case UnaryFunction.Sqrt: visitor.Visit<Sqrt>(); break;
            case UnaryFunction.Reciprocal: visitor.Visit<Reciprocal>(); break;
            case UnaryFunction.Exp: visitor.Visit<Exp>(); break;
            case UnaryFunction.Log: visitor.Visit<Log>(); break;
            case UnaryFunction.Tanh: visitor.Visit<Tanh>(); break;
            case UnaryFunction.Sigmoid: visitor.Visit<Sigmoid>(); break;
            case UnaryFunction.Relu: visitor.Visit<Relu>(); break;
            case UnaryFunction.Silu: visitor.Visit<Silu>(); break;
            case UnaryFunction.Gelu: visitor.Visit<Gelu>(); break;
            default: throw new ArgumentOutOfRangeException(nameof(f));
        }
    }

    private readonly struct Abs : IUnaryFunction
    {
        [MethodImpl(Inline)]
        public static V Value<V, T>(V x) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => V.Abs(x);

        [MethodImpl(Inline)]
        public static V Derivative<V, T>(V x)
            where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> =>
            V.IfGreater(x, V.Of(0.0), V.Of(1.0), V.IfGreater(V.Of(0.0), x, V.Of(-1.0), V.Of(0.0)));
    }

    private readonly struct Square : IUnaryFunction
    {
        [MethodImpl(Inline)]
        public static V Value<V, T>(V x) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => x * x;

        [MethodImpl(Inline)]
        public static V Derivative<V, T>(V x) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => x + x;
    }

    private readonly struct Sqrt : IUnaryFunction
    {
        [MethodImpl(Inline)]
        public static V Value<V, T>(V x) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => V.Sqrt(x);

        [MethodImpl(Inline)]
        public static V Derivative<V, T>(V y) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => V.Of(0.5) / y;
    }

    private readonly struct Reciprocal : IUnaryFunction
    {
        [MethodImpl(Inline)]
        public static V Value<V, T>(V x) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => V.Of(1.0) / x;

        [MethodImpl(Inline)]
        public static V Derivative<V, T>(V y) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => -(y * y);
    }

    private readonly struct Exp : IUnaryFunction
    {
        [MethodImpl(Inline)]
        public static V Value<V, T>(V x) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.Exp<V, T>(x);

        [MethodImpl(Inline)]
        public static V Derivative<V, T>(V y) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => y;
    }

    private readonly struct Log : IUnaryFunction
    {
        [MethodImpl(Inline)]
        public static V Value<V, T>(V x) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.Log<V, T>(x);

        [MethodImpl(Inline)]
        public static V Derivative<V, T>(V x) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => V.Of(1.0) / x;
    }

    private readonly struct Tanh : IUnaryFunction
    {
        [MethodImpl(Inline)]
        public static V Value<V, T>(V x) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.Tanh<V, T>(x);

        [MethodImpl(Inline)]
        public static V Derivative<V, T>(V y) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => V.Of(1.0) - y * y;
    }

    private readonly struct Sigmoid : IUnaryFunction
    {
        [MethodImpl(Inline)]
        public static V Value<V, T>(V x)
            where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => V.Of(1.0) / (V.Of(1.0) + VectorMath.Exp<V, T>(-x));

        [MethodImpl(Inline)]
        public static V Derivative<V, T>(V y) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => y * (V.Of(1.0) - y);
    }

    private readonly struct Relu : IUnaryFunction
    {
        [MethodImpl(Inline)]
        public static V Value<V, T>(V x) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => V.Max(V.Of(0.0), x);

        [MethodImpl(Inline)]
        public static V Derivative<V, T>(V x)
            where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => V.IfGreater(x, V.Of(0.0), V.Of(1.0), V.Of(0.0));
    }

    private readonly struct Silu : IUnaryFunction
    {
        [MethodImpl(Inline)]
        public static V Value<V, T>(V x) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => x * Sigmoid.Value<V, T>(x);

        [MethodImpl(Inline)]
        public static V Derivative<V, T>(V x) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T>
        {
            var s = Sigmoid.Value<V, T>(x);
            return s * (V.Of(1.0) + x * (V.Of(1.0) - s));
        }
    }

    private readonly struct Gelu : IUnaryFunction
    {
        [MethodImpl(Inline)]
        public static V Value<V, T>(V x)
            where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> =>
            V.Of(0.5) * x * (V.Of(1.0) + VectorMath.Tanh<V, T>(Inner<V, T>(x)));

        [MethodImpl(Inline)]
        public static V Derivative<V, T>(V x) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T>
        {
            var t = VectorMath.Tanh<V, T>(Inner<V, T>(x));
            var slope = V.Fma(x * x, V.Of(3 * 0.044715), V.Of(1.0)) * V.Of(0.7978845608028654);
            return V.Of(0.5) * (V.Of(1.0) + t + x * (V.Of(1.0) - t * t) * slope);
        }

        /// <summary>√(2/π) (x + 0.044715 x³).</summary>
        [MethodImpl(Inline)]
        private static V Inner<V, T>(V x) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> =>
            V.Of(0.7978845608028654) * x * V.Fma(x * x, V.Of(0.044715), V.Of(1.0));
    }
}
