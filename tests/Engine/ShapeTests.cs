using FsCheck;
using FsCheck.Fluent;

namespace SiaEngine.Tests.Engine;

public class ShapeTests
{
    private static readonly Gen<int[]> Extents = Gen.Choose(0, Shape.MaxRank).SelectMany(rank => Gen.ArrayOf(Gen.Choose(0, 9), rank));

    [Fact]
    public void Holds_the_extents_it_was_made_of() => Property.Holds(Extents, extents =>
    {
        var shape = Shape.Create(extents);
        Assert.Equal(extents.Length, shape.Rank);
        Assert.Equal(extents.Aggregate(1L, (product, e) => product * e), shape.Count);
        for (var axis = 0; axis < extents.Length; axis++)
        {
            Assert.Equal(extents[axis], shape[axis]);
            Assert.Equal(extents[axis], shape[axis - extents.Length]);
        }

        var walked = new List<int>();
        foreach (var extent in shape) walked.Add(extent);
        Assert.Equal(extents, walked);
        Assert.Equal($"[{string.Join(", ", extents)}]", shape.ToString());
    });

    [Fact]
    public void Rows_times_the_last_axis_are_all_elements() => Property.Holds(Extents, extents =>
    {
        var shape = Shape.Create(extents);
        Assert.Equal(shape.Count, shape.Rows * shape.Last);
        Assert.Equal(shape.Last, shape.LastAxis.Count);
        if (extents.Length > 0) Assert.Equal(shape, shape.DropLast.Append(shape.Last));
    });

    [Fact]
    public void Replacing_an_axis_replaces_only_that() => Property.Holds(Extents, extents =>
    {
        var shape = Shape.Create(extents);
        if (extents.Length == 0)
        {
            Assert.Equal<Shape>([5], shape.WithLast(5));
            Assert.Equal<Shape>([5], shape.WithFirst(5));
            return;
        }

        Assert.Equal(Shape.Create([.. extents[..^1], 5]), shape.WithLast(5));
        Assert.Equal(Shape.Create([5, .. extents[1..]]), shape.WithFirst(5));
        if (extents.Length >= 2) Assert.Equal(Shape.Create([.. extents[..^2], 5, 6]), shape.WithLastTwo(5, 6));
    });

    [Fact]
    public void Shapes_are_equal_if_rank_and_extents_are() => Property.Holds(Extents.SelectMany(a => Extents.Select(b => (a, b))), pair =>
    {
        var (a, b) = (Shape.Create(pair.a), Shape.Create(pair.b));
        Assert.Equal(pair.a.SequenceEqual(pair.b), a == b);
        Assert.NotEqual(a == b, a != b);
        Assert.True(a.Equals((object)Shape.Create(pair.a)));
        Assert.Equal(a.GetHashCode(), Shape.Create(pair.a).GetHashCode());
    });

    [Fact]
    public void A_trailing_one_is_an_axis_of_its_own() => Assert.NotEqual<Shape>([3], [3, 1]);

    [Fact]
    public void Refuses_what_is_no_shape()
    {
        Assert.Equal("shape: a tensor has at most 4 axes; got 5.", Assert.Throws<ShapeException>(() => Shape.Create([1, 1, 1, 1, 1])).Message);
        Assert.Equal("shape: extents must not be negative; got -1.", Assert.Throws<ShapeException>(() => Shape.Create([2, -1])).Message);
        Shape shape = [2, 3];
        Assert.Equal("shape: axis 2 of [2, 3] does not exist.", Assert.Throws<ShapeException>(() => shape[2]).Message);
        Assert.Equal("shape: axis -3 of [2, 3] does not exist.", Assert.Throws<ShapeException>(() => shape[-3]).Message);
        Shape four = [1, 2, 3, 4];
        Assert.Equal("shape: a tensor has at most 4 axes; got [1, 2, 3, 4] and one more.", Assert.Throws<ShapeException>(() => four.Append(5)).Message);
        Shape one = [7];
        Assert.Equal("shape: [7] has fewer than two axes.", Assert.Throws<ShapeException>(() => one.WithLastTwo(1, 1)).Message);
    }

    [Fact]
    public void Counts_beyond_32_bits_do_not_overflow()
    {
        Shape shape = [65_536, 50_304];
        Assert.Equal(65_536L * 50_304, shape.Count);
    }
}
