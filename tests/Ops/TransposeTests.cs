using FsCheck.Fluent;
using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Ops;

public class TransposeTests
{
    [Fact]
    public void Exchanges_any_two_axes() => Property.Holds(
        Gen.Choose(1, 4).SelectMany(rank => Gen.ArrayOf(Gen.Choose(1, 5), rank)
            .SelectMany(extents => Gen.Choose(0, rank - 1).SelectMany(i => Gen.Choose(0, rank - 1).Select(j => (extents, i, j))))), sample =>
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var (extents, i, j) = sample;
        var shape = Shape.Create(extents);
        var x = Tensor.From<float>([.. Enumerable.Range(0, (int)shape.Count).Select(v => (float)v)], shape, cpu);
        var y = Transpose.Apply(x, i, j);
        var exchanged = (int[])extents.Clone();
        (exchanged[i], exchanged[j]) = (exchanged[j], exchanged[i]);
        Assert.Equal(Shape.Create(exchanged), y.Shape);
        var actual = y.ToArray<float>();
        for (var flat = 0; flat < actual.Length; flat++)
        {
            var index = new int[extents.Length];
            for (int axis = extents.Length - 1, rest = flat; axis >= 0; axis--) (rest, index[axis]) = Math.DivRem(rest, exchanged[axis]);
            (index[i], index[j]) = (index[j], index[i]);
            Assert.Equal(index.Zip(extents).Aggregate(0, (at, pair) => at * pair.Second + pair.First), (int)actual[flat]);
        }

        Assert.Equal(x.ToArray<float>(), Transpose.Apply(y, i, j).ToArray<float>());
    });

    [Fact]
    public void Refuses_an_axis_that_is_not_there()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var x = Tensor.Zeros([2, 3], DType.F32, cpu);
        Assert.Equal("transpose: axis -3 does not exist; got x [2, 3] f32.", Assert.Throws<ShapeException>(() => Transpose.Apply(x, 0, -3)).Message);
    }
}
