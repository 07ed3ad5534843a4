using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>
/// What kernel headers promise, against launches on the simulator: grid, block and shared memory exactly, distinct bytes of global memory exactly, floating-point
/// operations to 15% and 64 per block; bounds where the header says "at most".
/// </summary>
public sealed class HeaderAgainstCountersTests : IDisposable
{
    private readonly CudaDevice _device = SimulatedDevice.Create();
    private readonly List<KernelRun> _runs = [];

    public HeaderAgainstCountersTests() => ((SimulatedDriver)_device.Driver).Launched = _runs.Add;

    public static TheoryData<string> Files => [.. PtxLibrary.Names.Where(name => !name.Contains('/', StringComparison.Ordinal))];

    public void Dispose() => _device.Dispose();

    [Theory, MemberData(nameof(Files))]
    public void Every_kernel_does_what_its_header_says(string file)
    {
        new KernelWorkloads(_device).Run(file);
        var headers = KernelHeader.ReadAll(PtxLibrary.Load(file));
        var runs = _runs.Where(run => headers.ContainsKey(run.Kernel)).ToArray();
        Assert.Empty(headers.Keys.Except(runs.Select(run => run.Kernel)));
        foreach (var run in runs) Check(headers[run.Kernel], run);
        Assert.Equal(0, _device.Pool.LiveBytes);
    }

    internal static void Check(KernelHeader header, KernelRun run)
    {
        var values = run.Parameters.ToDictionary(p => p.Name, Value);
        var what = $"{run.Kernel}, {run.Shape}, {string.Join(", ", run.Parameters.Where(p => p.Extent == 0).Select(p => $"{p.Name} {Value(p)}"))}";
        var (claims, shape) = (header.Evaluate(values), run.Shape);
        Assert.Equal((what, claims.Grid), (what, (shape.GridX, shape.GridY, shape.GridZ)));
        Assert.Equal((what, claims.Block), (what, (shape.BlockX, shape.BlockY, shape.BlockZ)));
        Assert.Equal((what, claims.SharedBytes), (what, run.StaticSharedBytes + shape.SharedBytes));
        Bytes(claims.ReadBytes, run.DistinctBytesRead, "reads");
        Bytes(claims.WriteBytes, run.DistinctBytesWritten, "writes");
        var (claimed, flops) = (claims.Flops, run.Counters.Flops + run.Counters.TensorFlops);
        var slack = 0.15 * Math.Max(claimed, flops) + 64 * shape.Blocks;
        Assert.True(flops <= claimed + slack && (header.FlopsAreBound || flops >= claimed - slack), $"{what}: {flops} operations, the header says {header["flops"]} = {claimed}");

        void Bytes(double promised, long counted, string verb) => Assert.True(header.TrafficIsBound ? counted <= promised : counted == promised,
            $"{what}: {verb} {counted} bytes, the header says {header["traffic"]} = {promised}");
    }

    private static double Value(KernelParameter parameter) => parameter.Type switch
    {
        PtxType.F32 => BitConverter.UInt32BitsToSingle((uint)parameter.Bits),
        PtxType.F64 => BitConverter.UInt64BitsToDouble(parameter.Bits),
        PtxType.S32 => (int)parameter.Bits,
        PtxType.S64 => (long)parameter.Bits,
        _ => parameter.Bits,
    };
}
