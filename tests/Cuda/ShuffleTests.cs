using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>shfl.sync against the documented meaning of CUDA's __shfl functions, and its masks.</summary>
public class ShuffleTests
{
    /// <summary>CUDA C++ guide: with width w lanes form segments; a lane whose source lies outside its segment keeps its own value.</summary>
    [Theory]
    [InlineData("up")]
    [InlineData("down")]
    [InlineData("bfly")]
    [InlineData("idx")]
    public void EveryWidthAndDistance(string mode)
    {
        foreach (var constant in new[] { true, false })
        {
            for (var width = 1; width <= 32; width *= 2)
            {
                for (var distance = 0; distance < 32; distance++)
                {
                    var clamp = ((32 - width) << 8) | (mode == "up" ? 0 : 31);
                    using var bench = new WarpBench();
                    var step = bench.Compile($"shfl.sync.{mode}.b32", bench.Register("d", PtxType.F32, "p"), bench.Register("a", PtxType.F32),
                        constant ? WarpBench.Integer(distance) : bench.Register("b", PtxType.U32),
                        constant ? WarpBench.Integer(clamp) : bench.Register("c", PtxType.U32), WarpBench.Integer(0xffffffff));
                    bench.Set("a", lane => 100f + lane);
                    if (!constant)
                    {
                        bench.Set("b", _ => (uint)distance);
                        bench.Set("c", _ => (uint)clamp);
                    }

                    step.Execute(bench.Warp, uint.MaxValue);
                    for (var lane = 0; lane < 32; lane++)
                    {
                        int segment = lane / width * width, within = lane % width;
                        var from = mode switch
                        {
                            "up" => within - distance >= 0 ? lane - distance : -1,
                            "down" => within + distance < width ? lane + distance : -1,
                            // A butterfly may read an earlier segment (CUDA guide, __shfl_xor_sync), never a later one.
                            "bfly" => (lane ^ distance) < segment + width ? lane ^ distance : -1,
                            _ => segment + distance % width,
                        };
                        Assert.Equal(100f + (from < 0 ? lane : from), bench.Get<float>("d", lane));
                        Assert.Equal(from >= 0, (bench.Predicate("p") >> lane & 1) != 0);
                    }
                }
            }
        }
    }

    [Fact]
    public void GroupsOfDifferentMasksActApart()
    {
        using var bench = new WarpBench();
        var d = bench.Register("d", PtxType.U32);
        var step = bench.Compile("shfl.sync.idx.b32", d, d, bench.Register("b", PtxType.U32), WarpBench.Integer(0x1f), bench.Register("m", PtxType.B32));
        bench.Set("d", lane => (uint)(1000 + lane));
        bench.Set("b", lane => (uint)(lane ^ 2));
        bench.Set("m", lane => lane % 2 == 0 ? 0x55555555u : 0xAAAAAAAAu);
        step.Execute(bench.Warp, uint.MaxValue);
        for (var lane = 0; lane < 32; lane++) Assert.Equal(1000u + (uint)(lane ^ 2), bench.Get<uint>("d", lane));
    }

    [Fact]
    public void LanesOutsideTheGroupKeepTheirRegisters()
    {
        using var bench = new WarpBench();
        var step = bench.Compile("shfl.sync.bfly.b32", bench.Register("d", PtxType.U32, "p"), bench.Register("a", PtxType.U32), WarpBench.Integer(1),
            WarpBench.Integer(0x1f), WarpBench.Integer(0xffff));
        bench.Set("a", lane => (uint)lane);
        bench.Set("d", _ => 77u);
        bench.SetPredicate("p", 0);
        step.Execute(bench.Warp, 0xffff);
        for (var lane = 0; lane < 32; lane++) Assert.Equal(lane < 16 ? (uint)lane ^ 1 : 77u, bench.Get<uint>("d", lane));
        Assert.Equal(0xffffu, bench.Predicate("p"));
    }

    [Fact]
    public void ReadingALaneThatTakesNoPartGivesNoValue()
    {
        using var bench = new WarpBench();
        var step = bench.Compile("shfl.sync.down.b32", bench.Register("d", PtxType.U32), bench.Register("a", PtxType.U32), WarpBench.Integer(4), WarpBench.Integer(0x1f),
            WarpBench.Integer(0xff));
        bench.Set("a", lane => (uint)lane);
        bench.Set("d", _ => 0u);
        step.Execute(bench.Warp, 0xff);
        Assert.Equal(0xffffff0fu, bench.Defined("d"));
        Assert.DoesNotContain(0, step.Reads);
    }

    [Fact]
    public void OnlyTheLaneThatIsReadNeedsAValue()
    {
        using var bench = new WarpBench();
        var step = bench.Compile("shfl.sync.idx.b32", bench.Register("d", PtxType.U32), bench.Register("a", PtxType.U32), WarpBench.Integer(3), WarpBench.Integer(0x1f),
            WarpBench.Integer(0xffffffff));
        bench.Set("a", lane => (uint)lane);
        bench.Defined("a") = 1 << 3;
        step.Execute(bench.Warp, uint.MaxValue);
        Assert.Equal(uint.MaxValue, bench.Defined("d"));
        Assert.Equal(3u, bench.Get<uint>("d", 31));
    }

    [Fact]
    public void MaskWithoutTheLaneIsAFault()
    {
        using var bench = new WarpBench();
        var step = Down(bench, 0xfffffffe);
        var fault = Assert.Throws<KernelFaultException>(() => step.Execute(bench.Warp, uint.MaxValue));
        Assert.Equal(KernelFault.WarpMask, fault.Fault);
        Assert.Contains("lane 0 executes it but is not in its member mask 0xfffffffe", fault.Message, StringComparison.Ordinal);
        Assert.Throws<KernelFaultException>(() => ((WarpSyncStep)step).Members(bench.Warp, uint.MaxValue));
    }

    [Fact]
    public void MemberThatDoesNotExecuteIsAFault()
    {
        using var bench = new WarpBench();
        var step = Down(bench, 0xffffffff);
        var fault = Assert.Throws<KernelFaultException>(() => step.Execute(bench.Warp, 0xfffffff7));
        Assert.Equal(KernelFault.WarpMask, fault.Fault);
        Assert.Contains("names lane 3", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ExitedAndMissingLanesAreNotWaitedFor()
    {
        using var bench = new WarpBench { Lanes = 0x00ffffff, Exited = 0x0000000f };
        Down(bench, 0xffffffff).Execute(bench.Warp, 0x00fffff0);
        Assert.Equal(5u, bench.Get<uint>("d", 4));
    }

    [Theory]
    [InlineData("shfl.down.b32", "removed with sm_70")]
    [InlineData("shfl.sync.b32", "needs a mode")]
    [InlineData("shfl.sync.down.b64", ".b32 only")]
    public void WrongFormsAreRefused(string opcode, string part)
    {
        using var bench = new WarpBench();
        var failure = Assert.Throws<PtxException>(() => bench.Compile(opcode, bench.Register("d", PtxType.U32), bench.Register("a", PtxType.U32), WarpBench.Integer(4),
            WarpBench.Integer(0x1f), WarpBench.Integer(0xff)));
        Assert.Contains(part, failure.Message, StringComparison.Ordinal);
        Assert.StartsWith("bench.ptx:7:5: ", failure.Message, StringComparison.Ordinal);
    }

    private static Step Down(WarpBench bench, long mask)
    {
        var step = bench.Compile("shfl.sync.down.b32", bench.Register("d", PtxType.U32), bench.Register("a", PtxType.U32), WarpBench.Integer(1), WarpBench.Integer(0x1f),
            WarpBench.Integer(mask));
        bench.Set("a", lane => (uint)lane);
        return step;
    }
}
