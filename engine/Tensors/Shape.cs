using System.Runtime.CompilerServices;
using System.Text;

namespace SiaEngine;

/// <summary>Extents of a contiguous row-major tensor, rank 0 to 4, held inline.</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IEquatable<Shape>
{
    /// <summary>Largest rank.</summary>
    public const int MaxRank = 4;

    private readonly int _e0, _e1, _e2, _e3;

    private Shape(int rank, int e0, int e1, int e2, int e3) => (Rank, _e0, _e1, _e2, _e3) = (rank, e0, e1, e2, e3);

    /// <summary>Number of axes.</summary>
    public int Rank { get; }

    /// <summary>Shape from its extents, outermost first.</summary>
    /// <exception cref="ShapeException">More than four extents, or a negative one.</exception>
    public static Shape Create(ReadOnlySpan<int> extents)
    {
        if (extents.Length > MaxRank) throw new ShapeException($"shape: a tensor has at most {MaxRank} axes; got {extents.Length}.");
        foreach (var e in extents)
            if (e < 0) throw new ShapeException($"shape: extents must not be negative; got {e}.");
        return new(extents.Length, At(extents, 0), At(extents, 1), At(extents, 2), At(extents, 3));

        static int At(ReadOnlySpan<int> extents, int i) => i < extents.Length ? extents[i] : 1;
    }

    /// <summary>Extent of an axis; negative axes count from the last.</summary>
    public int this[int axis] => (axis < 0 ? axis + Rank : axis) switch
    {
        0 when Rank > 0 => _e0,
        1 when Rank > 1 => _e1,
        2 when Rank > 2 => _e2,
        3 when Rank > 3 => _e3,
        _ => throw new ShapeException($"shape: axis {axis} of {this} does not exist."),
    };

    /// <summary>Number of elements; 1 for rank 0.</summary>
    public long Count => (long)_e0 * _e1 * _e2 * _e3;

    /// <summary>Extent of the last axis; 1 for rank 0.</summary>
    public int Last => Rank == 0 ? 1 : this[Rank - 1];

    /// <summary>Number of rows when every axis but the last is folded.</summary>
    public long Rows => Rank == 0 ? 1 : DropLast.Count;

    /// <summary>The last axis alone.</summary>
    public Shape LastAxis => [Last];

    /// <summary>Every axis but the last.</summary>
    public Shape DropLast => Rank switch
    {
        0 or 1 => new(0, 1, 1, 1, 1),
        2 => new(1, _e0, 1, 1, 1),
        3 => new(2, _e0, _e1, 1, 1),
        _ => new(3, _e0, _e1, _e2, 1),
    };

    /// <summary>This shape with another extent on the last axis.</summary>
    public Shape WithLast(int extent) => Rank switch
    {
        0 or 1 => [extent],
        2 => [_e0, extent],
        3 => [_e0, _e1, extent],
        _ => [_e0, _e1, _e2, extent],
    };

    /// <summary>This shape, of rank 3 or less, with one more axis at the end.</summary>
    public Shape Append(int extent) => Rank switch
    {
        0 => [extent],
        1 => [_e0, extent],
        2 => [_e0, _e1, extent],
        3 => [_e0, _e1, _e2, extent],
        _ => throw new ShapeException($"shape: a tensor has at most {MaxRank} axes; got {this} and one more."),
    };

    /// <summary>This shape, of rank 2 or more, with other extents on the last two axes.</summary>
    public Shape WithLastTwo(int rows, int columns) => Rank switch
    {
        2 => [rows, columns],
        3 => [_e0, rows, columns],
        4 => [_e0, _e1, rows, columns],
        _ => throw new ShapeException($"shape: {this} has fewer than two axes."),
    };

    /// <summary>This shape with another extent on the first axis.</summary>
    public Shape WithFirst(int extent) => Rank == 0 ? [extent] : new(Rank, extent, _e1, _e2, _e3);

    /// <summary>This shape with another extent on an axis, counted from the first.</summary>
    public Shape With(int axis, int extent) => axis switch
    {
        0 => new(Rank, extent, _e1, _e2, _e3),
        1 => new(Rank, _e0, extent, _e2, _e3),
        2 => new(Rank, _e0, _e1, extent, _e3),
        _ => new(Rank, _e0, _e1, _e2, extent),
    };

    /// <summary>This shape, of rank 1 or more, without an axis, counted from the first.</summary>
    public Shape Without(int axis) => axis switch
    {
        0 => new(Rank - 1, _e1, _e2, _e3, 1),
        1 => new(Rank - 1, _e0, _e2, _e3, 1),
        2 => new(Rank - 1, _e0, _e1, _e3, 1),
        _ => new(Rank - 1, _e0, _e1, _e2, 1),
    };

    /// <summary>Enumerates the extents, outermost first.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <inheritdoc/>
    public bool Equals(Shape other) =>
        Rank == other.Rank && _e0 == other._e0 && _e1 == other._e1 && _e2 == other._e2 && _e3 == other._e3;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Rank, _e0, _e1, _e2, _e3);

    /// <summary>Same rank and extents.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Different rank or extents.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>For example <c>[8, 1024, 768]</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("[");
        for (var i = 0; i < Rank; i++) text.Append(i == 0 ? "" : ", ").Append(this[i]);
        return text.Append(']').ToString();
    }

    /// <summary>Walks the extents of a shape.</summary>
    public struct Enumerator(Shape shape)
    {
        private int _axis = -1;

        /// <summary>Extent under the cursor.</summary>
        public readonly int Current => shape[_axis];

        /// <summary>Steps to the next extent.</summary>
        public bool MoveNext() => ++_axis < shape.Rank;
    }
}
