using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace SiaEngine;

/// <summary>Argument checks of ops: one line with the op, the rule and every operand.</summary>
public static class Throw
{
    /// <summary>Throws <see cref="ShapeException"/> unless <paramref name="condition"/> holds.</summary>
    public static void Unless([DoesNotReturnIf(false)] bool condition, string op, string rule, Tensor a,
        [CallerArgumentExpression(nameof(a))] string aName = "")
    {
        if (!condition) throw new ShapeException($"{op}: {rule}; got {Operand(a, aName)}.");
    }

    /// <inheritdoc cref="Unless(bool, string, string, Tensor, string)"/>
    public static void Unless([DoesNotReturnIf(false)] bool condition, string op, string rule, Tensor a, Tensor b,
        [CallerArgumentExpression(nameof(a))] string aName = "", [CallerArgumentExpression(nameof(b))] string bName = "")
    {
        if (!condition) throw new ShapeException($"{op}: {rule}; got {Operand(a, aName)}, {Operand(b, bName)}.");
    }

    /// <inheritdoc cref="Unless(bool, string, string, Tensor, string)"/>
    public static void Unless([DoesNotReturnIf(false)] bool condition, string op, string rule, Tensor a, Tensor b, Tensor c,
        [CallerArgumentExpression(nameof(a))] string aName = "", [CallerArgumentExpression(nameof(b))] string bName = "",
        [CallerArgumentExpression(nameof(c))] string cName = "")
    {
        if (!condition) throw new ShapeException($"{op}: {rule}; got {Operand(a, aName)}, {Operand(b, bName)}, {Operand(c, cName)}.");
    }

    /// <summary>Throws <see cref="DTypeException"/>: the op has no kernel for the dtype of <paramref name="x"/>.</summary>
    [DoesNotReturn]
    public static void DType(string op, Tensor x, [CallerArgumentExpression(nameof(x))] string name = "") =>
        throw new DTypeException($"{op}: {x.Device.Name} has no kernel for this dtype; got {Operand(x, name)}.");

    /// <summary>Throws <see cref="DTypeException"/> unless <paramref name="condition"/> holds.</summary>
    public static void UnlessDType([DoesNotReturnIf(false)] bool condition, string op, string rule, Tensor a, Tensor b,
        [CallerArgumentExpression(nameof(a))] string aName = "", [CallerArgumentExpression(nameof(b))] string bName = "")
    {
        if (!condition) throw new DTypeException($"{op}: {rule}; got {Operand(a, aName)}, {Operand(b, bName)}.");
    }

    /// <inheritdoc cref="UnlessDType(bool, string, string, Tensor, Tensor, string, string)"/>
    public static void UnlessDType([DoesNotReturnIf(false)] bool condition, string op, string rule, Tensor a,
        [CallerArgumentExpression(nameof(a))] string aName = "")
    {
        if (!condition) throw new DTypeException($"{op}: {rule}; got {Operand(a, aName)}.");
    }

    /// <summary>Throws <see cref="DeviceException"/> unless both tensors live on one device.</summary>
    public static void UnlessSameDevice(string op, Tensor a, Tensor b,
        [CallerArgumentExpression(nameof(a))] string aName = "", [CallerArgumentExpression(nameof(b))] string bName = "")
    {
        if (a.Device != b.Device)
            throw new DeviceException($"{op}: operands must be on one device; got {Operand(a, aName)} on {a.Device.Name}, {Operand(b, bName)} on {b.Device.Name}.");
    }

    /// <summary>Throws <see cref="IndexException"/>: element <paramref name="position"/> of <paramref name="indices"/> breaks the rule.</summary>
    [DoesNotReturn]
    public static void Index(string op, string rule, int value, long position, Tensor indices, [CallerArgumentExpression(nameof(indices))] string name = "") =>
        Index(op, rule, value, position, indices.Shape, Operand(indices, name));

    /// <summary>The same for indices whose tensor is no longer there.</summary>
    [DoesNotReturn]
    public static void Index(string op, string rule, int value, long position, Shape shape, string operand)
    {
        Span<long> at = stackalloc long[Shape.MaxRank];
        var rank = shape.Rank;
        for (var axis = rank - 1; axis >= 0; axis--) (position, at[axis]) = Math.DivRem(position, shape[axis]);
        var place = new StringBuilder();
        for (var axis = 0; axis < rank; axis++) place.Append(axis == 0 ? "" : ", ").Append(at[axis]);
        throw new IndexException($"{op}: {rule}; got {value} at [{place}] of {operand}.");
    }

    private static string Operand(Tensor x, string name) => $"{name} {x}";
}
