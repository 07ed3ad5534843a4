using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Ops;

public class CheckpointTests
{
    [Fact]
    public void Keeps_only_the_input_of_the_block()
    {
        using var cpu = new CpuDevice();
        using var outer = Scope.Enter();
        using var tape = Tape.Start();
        var x = Tensor.Zeros([1024], DType.F32, cpu).Track();
        var before = cpu.Pool.LiveBytes;
        Tensor y;
        using (var scope = Scope.Enter()) y = scope.Keep(Checkpoint.Apply(new Norms(), x));
        Assert.Equal(before + 1024 * sizeof(float), cpu.Pool.LiveBytes);
        tape.Backward(y, y.Detach());
        Assert.NotNull(x.Gradient);
    }

    private sealed class Norms : ICheckpointed
    {
        public Tensor Forward(Tensor x) => RmsNorm.Apply(RmsNorm.Apply(RmsNorm.Apply(x)));
    }
}
