using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>Block barriers: what they order, what they reduce, and how their misuse is reported.</summary>
public class ExecutorBarrierTests
{
    private const string Shared = ".shared .align 4 .b32 tile[256];";
    private static readonly LaunchShape Block = new(1, 1, 1, 128);

    [Theory, MemberData(nameof(Schedules))]
    public void BarrierOrdersSharedMemory(int seed)
    {
        var ptx = PtxRun.Kernel($"""
            mov.u64 %d1, tile;
            mad.wide.u32 %d2, %r0, 4, %d1;
            st.shared.u32 [%d2], %r0;
            bar.sync 0;
            sub.u32 %r2, 127, %r0;
            mad.wide.u32 %d2, %r2, 4, %d1;
            ld.shared.u32 %r3, [%d2];
            {PtxRun.Store("%r3", "%r0")}
            ret;
            """, registers: Shared);
        var result = PtxRun.Run(ptx, Block, 128, d => d.Schedule = Shuffled(seed));
        for (var i = 0u; i < 128; i++) Assert.Equal(127 - i, result[i]);
    }

    [Fact]
    public void MissingBarrierIsARace()
    {
        var fault = PtxRun.Fault(PtxRun.Kernel("""
            mov.u64 %d1, tile;
            mad.wide.u32 %d2, %r0, 4, %d1;
            st.shared.u32 [%d2], %r0;
            xor.b32 %r2, %r0, 64;
            mad.wide.u32 %d2, %r2, 4, %d1;
            ld.shared.u32 %r3, [%d2];
            ret;
            """, registers: Shared), Block);
        Assert.True(fault.Fault is KernelFault.Race or KernelFault.Uninitialised, fault.Message);
    }

    [Theory, MemberData(nameof(Schedules))]
    public void NamedBarriersOfProducerAndConsumer(int seed)
    {
        // Warps 0 and 1 produce three times, warps 2 and 3 consume; barrier 1 says full, barrier 2 says empty.
        var ptx = PtxRun.Kernel($"""
            mov.u64 %d1, tile;
            and.b32 %r2, %r0, 63;
            mad.wide.u32 %d2, %r2, 4, %d1;
            mov.u32 %r3, 0;
            mov.u32 %r5, 0;
            setp.ge.u32 %p0, %r0, 64;
            @%p0 bra CONSUME;
            PRODUCE:
            bar.sync 2, 128;
            mad.lo.u32 %r4, %r3, 1000, %r0;
            st.shared.u32 [%d2], %r4;
            bar.arrive 1, 128;
            add.u32 %r3, %r3, 1;
            setp.lt.u32 %p1, %r3, 3;
            @%p1 bra PRODUCE;
            ret;
            CONSUME:
            bar.arrive 2, 128;
            bar.sync 1, 128;
            xor.b32 %r6, %r2, 63;
            mad.wide.u32 %d3, %r6, 4, %d1;
            ld.shared.u32 %r4, [%d3];
            add.u32 %r5, %r5, %r4;
            add.u32 %r3, %r3, 1;
            setp.lt.u32 %p1, %r3, 3;
            @%p1 bra CONSUME;
            {PtxRun.Store("%r5", "%r2")}
            ret;
            """, registers: Shared);
        var result = PtxRun.Run(ptx, Block, 64, d => d.Schedule = Shuffled(seed));
        for (var i = 0u; i < 64; i++) Assert.Equal(3000 + 3 * (63 - i), result[i]);
    }

    [Theory]
    [InlineData("popc.u32 %r3", 40)]
    [InlineData("and.pred %p2", 0)]
    [InlineData("or.pred %p2", 1)]
    public void Reductions(string form, uint expected)
    {
        var ptx = PtxRun.Kernel($"""
            setp.lt.u32 %p1, %r0, 40;
            barrier.red.{form}, 3, 128, %p1;
            {(form.StartsWith('p') ? "" : "selp.u32 %r3, 1, 0, %p2;")}
            {PtxRun.Store("%r3", "%r0")}
            ret;
            """);
        Assert.All(PtxRun.Run(ptx, Block, 128), value => Assert.Equal(expected, value));
    }

    [Fact]
    public void ThreadsThatHaveExitedNeedNotCome()
    {
        var ptx = PtxRun.Kernel($"setp.ge.u32 %p0, %r0, 50; @%p0 ret; bar.sync 0; {PtxRun.Store("%r0", "%r0")} ret;");
        for (var seed = 0; seed < 4; seed++)
        {
            KernelRun? run = null;
            Assert.Equal(49u, PtxRun.Run(ptx, Block, 128, d => (d.Schedule, d.Launched) = (Shuffled(seed), r => run = r))[49]);
            for (var pc = 0; pc < run!.Instructions.Count; pc++)
                if (run.Instructions[pc].Opcode == "bar") Assert.Equal((2, 50), (run.Counters.Executions[pc], run.Counters.ActiveLanes[pc]));
        }
    }

    [Fact]
    public void HalfAWarpAtABarrier()
    {
        var fault = PtxRun.Fault(PtxRun.Kernel("""
            setp.lt.u32 %p0, %r0, 16;
            @%p0 bra A;
            bar.sync 0;
            bra B;
            A:
            bar.sync 0;
            B:
            ret;
            """), Block);
        Assert.Equal(KernelFault.Barrier, fault.Fault);
        Assert.Contains("warp 0 lanes 16-31 wait at test.ptx:16", fault.Message, StringComparison.Ordinal);
        Assert.Contains("warp 0 lanes 0-15 wait at test.ptx:19", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GuardedBarrierWhoseLanesDisagree()
    {
        var fault = PtxRun.Fault(PtxRun.Kernel("setp.lt.u32 %p0, %r0, 40; @%p0 bar.sync 0; ret;"), Block);
        Assert.Equal(KernelFault.Barrier, fault.Fault);
        Assert.Contains("lanes 0-7 of warp 1, block (0,0,0) execute the barrier and lanes 8-31 pass it by", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LanesMayComeApartWithoutAligned()
    {
        var ptx = PtxRun.Kernel($"""
            setp.lt.u32 %p0, %r0, 16;
            @%p0 bra A;
            barrier.sync 0;
            bra B;
            A:
            barrier.sync 0;
            B:
            {PtxRun.Store("%r0", "%r0")}
            ret;
            """);
        Assert.Equal(5u, PtxRun.Run(ptx, Block, 128)[5]);
    }

    [Fact]
    public void Deadlock()
    {
        var fault = PtxRun.Fault(PtxRun.Kernel("setp.lt.u32 %p0, %r0, 64; @%p0 bra A; bar.sync 1;\nret;\nA: bar.sync 2; ret;"), Block);
        Assert.Equal(KernelFault.Deadlock, fault.Fault);
        Assert.Contains("for barrier 1", fault.Message, StringComparison.Ordinal);
        Assert.Contains("for barrier 2", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CountThatNobodyFills()
    {
        var fault = PtxRun.Fault(PtxRun.Kernel("setp.ge.u32 %p0, %r0, 64; @%p0 ret; bar.sync 1, 96; ret;"), Block);
        Assert.Equal(KernelFault.Barrier, fault.Fault);
        Assert.Contains("barrier 1 has 64 of 96 threads", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bar.sync 1, 100;", "multiple of 32")]
    [InlineData("bar.sync 16;", "barrier 16")]
    [InlineData("bar.sync 1, 160;", "the block has 128")]
    [InlineData("setp.lt.u32 %p0, %r0, 32; @%p0 bra A; bar.sync 1, 96; ret; A: bar.sync 1, 64; ret;", "expects 96 threads at barrier 1")]
    [InlineData("bar.arrive 1, 128; bar.sync 1, 128; ret;", "again before it is complete")]
    public void WrongNumbers(string body, string message)
    {
        var fault = PtxRun.Fault(PtxRun.Kernel(body), Block);
        Assert.Equal(KernelFault.Barrier, fault.Fault);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ShuffleWaitsForItsMembers()
    {
        // Odd lanes come late; the exchange needs all.
        var ptx = PtxRun.Kernel($"""
            and.b32 %r2, %r0, 1;
            setp.eq.u32 %p0, %r2, 0;
            mov.u32 %r3, %r0;
            @%p0 bra A;
            mul.lo.u32 %r3, %r0, 100;
            A:
            shfl.sync.bfly.b32 %r4, %r3, 1, 31, 0xffffffff;
            {PtxRun.Store("%r4", "%r0")}
            ret;
            """);
        KernelRun? run = null;
        for (var seed = 0; seed < 4; seed++)
        {
            var result = PtxRun.Run(ptx, Block, 128, d => (d.Schedule, d.Launched) = (Shuffled(seed), r => run = r));
            for (var i = 0u; i < 128; i++) Assert.Equal(i % 2 == 0 ? (i + 1) * 100 : i - 1, result[i]);
            for (var pc = 0; pc < run!.Instructions.Count; pc++)
            {
                if (run.Instructions[pc].Opcode != "shfl") continue;
                Assert.Equal((4, 128), (run.Counters.Executions[pc], run.Counters.ActiveLanes[pc]));
            }
        }
    }

    [Fact]
    public void MemberThatNeverComes()
    {
        var fault = PtxRun.Fault(PtxRun.Kernel("""
            setp.lt.u32 %p0, %r0, 16;
            @%p0 bra A;
            bar.warp.sync 0xffffffff;
            bra B;
            A:
            bar.warp.sync 0x0000ffff;
            barrier.sync 0;
            B:
            barrier.sync 0;
            ret;
            """), new LaunchShape(1, 1, 1, 32));
        Assert.Equal(KernelFault.WarpMask, fault.Fault);
        Assert.Contains("name lanes 0-15 in their member mask, which never come", fault.Message, StringComparison.Ordinal);
    }

    public static TheoryData<int> Schedules => [0, 1, 2, 3];

    private static Schedule Shuffled(int seed) => seed == 0 ? Schedule.InOrder : Schedule.Shuffled(seed);
}
