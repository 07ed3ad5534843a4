using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Cuda;

/// <summary>How kernels that claim it touch memory: adjacent lanes in adjacent sectors of 32 bytes, shared memory without bank conflicts.</summary>
public sealed class AccessPatternTests : IDisposable
{
    private readonly CudaDevice _sim = SimulatedDevice.Create();
    private readonly Scope _scope = Scope.Enter();
    private readonly List<KernelRun> _runs = [];

    public AccessPatternTests() => ((SimulatedDriver)_sim.Driver).Launched = _runs.Add;

    public void Dispose()
    {
        _scope.Dispose();
        _sim.Dispose();
    }

    [Theory, InlineData(DType.F32), InlineData(DType.BF16)]
    public void A_warp_of_the_sum_moves_512_adjacent_bytes_at_a_time(DType dtype)
    {
        Add.Apply(Normal([4, 1024], dtype), Normal([4, 1024], dtype));
        var counters = Only("add_forward").Counters;
        var sectors = 3 * 4096 * dtype.Size / 32;
        Assert.Equal(sectors, KernelCounters.Sum(counters.GlobalSectors));
        Assert.Equal(sectors / 16, KernelCounters.Sum(counters.GlobalRequests));
        Assert.Equal(0, KernelCounters.Sum(counters.Divergences));
    }

    [Fact]
    public void A_tile_turns_in_shared_memory_without_bank_conflicts()
    {
        Transpose.Apply(Normal([3, 64, 96], DType.F32));
        var counters = Only("transpose_tiled").Counters;
        Assert.Equal(3 * 64 * 96 * 2 * 4 / 32, KernelCounters.Sum(counters.GlobalSectors));
        Assert.Equal(3 * 64 * 96 * 2 / 32, KernelCounters.Sum(counters.SharedRequests));
        Assert.Equal(KernelCounters.Sum(counters.SharedRequests), KernelCounters.Sum(counters.SharedWavefronts));
    }

    [Fact]
    public void Columns_are_reduced_by_neighbouring_threads()
    {
        Reduce.Sum(Normal([2, 7, 256], DType.F32), 1);
        var counters = Only("reduce_columns").Counters;
        Assert.Equal(2 * 7 * 256 * 4 / 32 + 2 * 256 * 4 / 32, KernelCounters.Sum(counters.GlobalSectors));
    }

    [Fact]
    public void A_row_of_results_looks_at_one_index_at_a_time()
    {
        var indices = Tensor.From<int>([5, 7, 5], [1, 3], _sim);
        _sim.Kernels<Gather.IKernels>().Backward(Normal([1, 3], DType.F32), indices, new(Tensor.Empty([1, 64], DType.F32, _sim), 0));
        var counters = Only("gather_backward").Counters;
        // Two warps read three indices in a sector each and store 4 sectors each; the gradients are read by one lane at a time, of the first warp.
        Assert.Equal(2 * 3 + 2 * 4 + 3, KernelCounters.Sum(counters.GlobalSectors));
    }

    private KernelRun Only(string kernel) => Assert.Single(_runs, run => run.Kernel.StartsWith(kernel, StringComparison.Ordinal));

    private Tensor Normal(Shape shape, DType dtype) => GradientContext.Make(GradientCheck.Normals((int)shape.Count, 6, 0), shape, dtype, _sim);
}
