using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>Warp-synchronous instructions in whole kernels: what wrong masks lead to, and that right ones hold under every schedule.</summary>
public class WarpMaskTests
{
    [Theory]
    // Lanes 16 to 31 are not in the mask they use.
    [InlineData(KernelFault.WarpMask, "shfl.sync.bfly.b32 %r0, %l, 1, 0x1f, 0x0000ffff;")]
    // The upper half never comes: it goes to a vote of its own with all lanes in its mask.
    [InlineData(null, "setp.lt.u32 %q0, %l, 16;\n@%q0 bra LOW;\nvote.sync.ballot.b32 %r0, %q0, 0xffffffff;\nbra DONE;\nLOW: vote.sync.ballot.b32 %r1, %q0, 0xffffffff;\nDONE:")]
    // A false guard keeps a lane of the mask away.
    [InlineData(null, "setp.ne.u32 %q0, %l, 5;\n@%q0 shfl.sync.idx.b32 %r0, %l, 0, 0x1f, 0xffffffff;\nbar.sync 0;")]
    // Masks that differ within a group.
    [InlineData(null, "setp.eq.u32 %q0, %l, 3;\nselp.b32 %r1, 0x0000ffff, 0xffffffff, %q0;\nredux.sync.add.u32 %r0, %l, %r1;")]
    // Lane 31 waits at the block's barrier while the others wait for it.
    [InlineData(null, "setp.eq.u32 %q0, %l, 31;\n@%q0 bra LAST;\nbar.warp.sync 0xffffffff;\nLAST: bar.sync 0;")]
    public void WrongMasksAreReported(KernelFault? fault, string body)
    {
        using var bench = new KernelBench();
        var stopped = Assert.Throws<SiaEngine.Cuda.CudaException>(() => bench.Launch(body, 1, 32));
        var report = Assert.IsType<KernelFaultException>(stopped.InnerException);
        Assert.Contains(report.Fault, fault is { } one ? [one] : new[] { KernelFault.WarpMask, KernelFault.Deadlock, KernelFault.Barrier });
        Assert.Contains("bench.ptx:", report.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ValueOfALaneThatTakesNoPartIsAFaultOnceItIsUsed()
    {
        using var bench = new KernelBench();
        const string half = "setp.ge.u32 %q0, %l, 16;\n@%q0 bra DONE;\nshfl.sync.down.b32 %r0, %l, 8, 0x1f, 0x0000ffff;\n";
        bench.Clean(half + "DONE:", 1, 32);
        Assert.Contains("register %r0", bench.Fault(KernelFault.Uninitialised, half + "add.u32 %r0, %r0, 1;\nDONE:", 1, 32), StringComparison.Ordinal);
    }

    [Fact]
    public void HalvesThatDivergedMeetByTheirMasks()
    {
        using var bench = new KernelBench();
        var result = bench.Tensor(new uint[64]);
        bench.Clean("""
            setp.lt.u32 %q0, %l, 16;
            @%q0 bra LOW;
            redux.sync.add.u32 %r0, %l, 0xffff0000;
            bra STORE;
            LOW: redux.sync.max.u32 %r0, %l, 0x0000ffff;
            STORE: mul.wide.u32 %d0, %t, 4;
            add.u64 %d0, %p0, %d0;
            st.global.u32 [%d0], %r0;
            """, 1, 64, result);
        var sums = bench.Read<uint>(result);
        for (var thread = 0; thread < 64; thread++) Assert.Equal(thread % 32 < 16 ? 15u : 376u, sums[thread]);
    }

    [Fact]
    public void WarpBarrierOrdersSharedMemory()
    {
        using var bench = new KernelBench();
        string Exchange(string barrier) => $"mul.lo.u32 %r1, %l, 4;\nst.shared.u32 [%r1], %l;\n{barrier}\nxor.b32 %r1, %r1, 4;\nld.shared.u32 %r0, [%r1];";
        bench.Clean(Exchange("bar.warp.sync 0xffffffff;"), 1, 32);
        bench.Clean(Exchange("shr.u32 %r2, %l, 1;\nshl.b32 %r2, %r2, 1;\nshl.b32 %r2, 3, %r2;\nbar.warp.sync %r2;"), 1, 32);
        bench.Fault(KernelFault.Race, Exchange(""), 1, 32);
    }

    [Fact]
    public void ElectionWithoutANumber()
    {
        using var bench = new KernelBench();
        var result = bench.Tensor(new uint[1]);
        bench.Clean("elect.sync _|%q0, 0xffffffff;\n@%q0 red.global.add.u32 [%p0], 1;", 1, 64, result);
        Assert.Equal(10u, bench.Read<uint>(result)[0]);
    }
}
