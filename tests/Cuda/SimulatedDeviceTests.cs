using SiaEngine.Cuda.Simulator;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Cuda;

/// <summary>A tensor op from end to end over the simulated driver.</summary>
public class SimulatedDeviceTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void AddRunsThroughTheDriver(int count)
    {
        using var device = SimulatedDevice.Create();
        using var scope = Scope.Enter();
        var (a, b) = (new float[count], new float[count]);
        for (var i = 0; i < count; i++) (a[i], b[i]) = (i, 0.5f * i + 1);
        var sum = Add.Apply(Tensor.From(a, [count], device), Tensor.From(b, [count], device)).ToArray<float>();
        for (var i = 0; i < count; i++) Assert.Equal(1.5f * i + 1, sum[i]);
    }
}
