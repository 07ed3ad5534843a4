using SiaEngine.Cuda;
using SiaEngine.Tests.Train;
using SiaEngine.Train;

namespace SiaEngine.Tests.Cuda;

/// <summary>The launch path of the CUDA backend over a driver that does nothing.</summary>
public class LaunchTests
{
    [Theory, InlineData("f32"), InlineData("bf16")]
    public void A_training_step_allocates_nothing_on_the_managed_heap(string compute)
    {
        using var run = new SmallRun();
        var driver = new SilentDriver();
        using var device = new CudaDevice("cuda", driver, driver);
        using var trainer = new Trainer(run.Config with { Compute = compute }, run.Data(), device);
        for (var i = 0; i < 3; i++) trainer.Step();
        var (before, launches) = (GC.GetAllocatedBytesForCurrentThread(), driver.Launches);
        trainer.Step();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(driver.Launches - launches > 100, $"{driver.Launches - launches} launches");
    }
}
