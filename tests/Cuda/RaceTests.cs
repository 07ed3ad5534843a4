using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>Accesses that nothing orders are found under every schedule.</summary>
public class RaceTests
{
    /// <summary>%r1 = shared address of this thread's word, %r2 that of its neighbour; every word has been written.</summary>
    internal const string Words = Index + "st.shared.u32 [%r1], -1;\nbar.sync 0;\n";

    private const string Index = "mov.u32 %r0, tile;\nmad.lo.u32 %r1, %t, 4, %r0;\nxor.b32 %r2, %t, 1;\nmad.lo.u32 %r2, %r2, 4, %r0;\n";

    [Theory]
    [InlineData("st.shared.u32 [%r1], %t;\nld.shared.u32 %r3, [%r2];", 32)]
    [InlineData("st.shared.u32 [%r1], %t;\nbar.sync 0;\nld.shared.u32 %r3, [%r2];\nst.shared.u32 [%r1], %r3;", 64)]
    [InlineData("st.shared.u8 [tile + 5], %t;", 2)]
    [InlineData("st.shared.u32 [tile], %t;", 64)]
    [InlineData("st.shared.u32 [%r1], %t;\nbar.sync 0;\nld.shared.u32 %r3, [tile];\nsetp.eq.u32 %q0, %t, 33;\n@%q0 st.shared.u32 [tile], 7;", 64)]
    [InlineData("st.shared.u32 [%r1], 0;\nbar.sync 0;\nred.shared.add.u32 [tile], 1;\nld.shared.u32 %r3, [tile];", 64)]
    [InlineData("st.shared.u32 [%r1], 0;\nbar.warp.sync -1;\nred.shared.add.u32 [tile], 1;", 64)]
    public void WithinABlock(string body, int threads)
    {
        using var bench = new KernelBench();
        Assert.Contains("nothing orders the two", bench.Fault(KernelFault.Race, Words + body, 1, threads), StringComparison.Ordinal);
    }

    [Fact]
    public void TheReportNamesBothThreadsAndBothLines()
    {
        using var bench = new KernelBench();
        bench.Driver.Schedule = Schedule.InOrder;
        var message = bench.Fault(KernelFault.Race, Words + "st.shared.u32 [%r1], %t;\nld.shared.u32 %r3, [%r2];", 1, 32);
        Assert.Contains("race on shared byte 4 (byte 4 of tile)", message, StringComparison.Ordinal);
        Assert.Contains("block (0,0,0) thread (0,0,0) reads", message, StringComparison.Ordinal);
        Assert.Contains("block (0,0,0) thread (1,0,0) wrote at bench.ptx:", message, StringComparison.Ordinal);
    }

    [Fact]
    public void AWarpBarrierDoesNotOrderOtherWarps()
    {
        using var bench = new KernelBench();
        bench.Fault(KernelFault.Race, Words + "xor.b32 %r2, %r1, 128;\nst.shared.u32 [%r1], %t;\nbar.warp.sync -1;\nld.shared.u32 %r3, [%r2];", 1, 64);
    }

    [Fact]
    public void AWarpBarrierDoesNotOrderLanesOutsideItsMask()
    {
        using var bench = new KernelBench();
        bench.Fault(KernelFault.Race, Words + """
            xor.b32 %r2, %r1, 64;
            st.shared.u32 [%r1], %t;
            setp.lt.u32 %q0, %t, 16;
            @%q0 bar.warp.sync 0x0000ffff;
            @!%q0 bar.warp.sync 0xffff0000;
            ld.shared.u32 %r3, [%r2];
            """, 1, 32);
    }

    [Fact]
    public void ManyReadersThenAWriteWithoutABarrier()
    {
        // The reader the writer could be ordered with is not the one that is remembered.
        using var bench = new KernelBench();
        bench.Fault(KernelFault.Race, Words + """
            st.shared.u32 [%r1], %t;
            bar.sync 0;
            ld.shared.u32 %r3, [tile];
            bar.warp.sync -1;
            setp.eq.u32 %q0, %t, 70;
            @%q0 st.shared.u32 [tile], 9;
            """, 1, 128);
    }

    [Fact]
    public void ShufflesDoNotOrderMemory()
    {
        using var bench = new KernelBench();
        bench.Fault(KernelFault.Race, Words + "st.shared.u32 [%r1], %t;\nshfl.sync.idx.b32 %r4, %t, 0, 31, -1;\nld.shared.u32 %r3, [%r2];", 1, 32);
    }

    [Fact]
    public void AnArrivalDoesNotAcquire()
    {
        using var bench = new KernelBench();
        bench.Fault(KernelFault.Race, Words + """
            xor.b32 %r2, %r1, 128;
            st.shared.u32 [%r1], %t;
            setp.lt.u32 %q0, %t, 32;
            @%q0 bar.arrive 1, 64;
            @!%q0 bar.sync 1, 64;
            ld.shared.u32 %r3, [%r2];
            """, 1, 64);
    }

    [Fact]
    public void HalvesOfAWordAreApart()
    {
        using var bench = new KernelBench();
        const string Halves = "mov.u32 %r0, tile;\nmad.lo.u32 %r2, %t, 4, %r0;\nst.shared.u32 [%r2], -1;\nbar.sync 0;\nmad.lo.u32 %r1, %t, 2, %r0;\ncvt.u16.u32 %h0, %t;\n";
        bench.Clean(Halves + "st.shared.u16 [%r1], %h0;\nld.shared.u16 %h1, [%r1];", 1, 64);
        bench.Fault(KernelFault.Race, Halves + "st.shared.u16 [%r1], %h0;\nand.b32 %r1, %r1, -4;\nld.shared.u32 %r3, [%r1];", 1, 64);
        bench.Fault(KernelFault.Race, Halves + "st.shared.u32 [%r2], %t;\nld.shared.u16 %h1, [%r1];", 1, 64);
    }

    [Theory]
    [InlineData("st.global.u32 [%p0], %b;")]
    [InlineData("setp.eq.u32 %q0, %b, 0;\n@%q0 st.global.u32 [%p0], 5;\n@!%q0 ld.global.u32 %r0, [%p0];")]
    [InlineData("setp.eq.u32 %q0, %b, 1;\n@%q0 st.global.u32 [%p0], 5;\n@!%q0 ld.global.u32 %r0, [%p0];")]
    [InlineData("atom.global.add.u32 %r0, [%p0], 1;\nld.global.u32 %r1, [%p0];")]
    [InlineData("mul.wide.u32 %d0, %b, 1;\nadd.u64 %d0, %p0, %d0;\nst.global.u8 [%d0], %b;\nand.b64 %d0, %d0, -4;\nld.global.u32 %r0, [%d0];")]
    [InlineData("ld.global.u32 %r0, [%p0];\nsetp.eq.u32 %q0, %b, 3;\n@%q0 st.global.u32 [%p0], 5;")]
    public void BetweenBlocks(string body)
    {
        using var bench = new KernelBench();
        bench.Fault(KernelFault.Race, body, 4, 1, bench.Tensor(0, 0, 0, 0));
    }

    [Theory]
    [InlineData("st.global.u32 [%p0], 1;\nst.volatile.global.u32 [%p0 + 4], 1;", "ld.volatile.global.u32 %r0, [%p0 + 4];")]
    [InlineData("st.global.u32 [%p0], 1;\nfence.acq_rel.gpu;\nst.global.u32 [%p0 + 4], 0;", "ld.acquire.gpu.global.u32 %r0, [%p0 + 4];")]
    [InlineData("st.global.u32 [%p0], 1;\nfence.acq_rel.cta;\nst.relaxed.gpu.global.u32 [%p0 + 4], 1;", "ld.acquire.gpu.global.u32 %r0, [%p0 + 4];")]
    [InlineData("fence.acq_rel.gpu;\nst.global.u32 [%p0], 1;\nst.relaxed.gpu.global.u32 [%p0 + 4], 1;", "ld.acquire.gpu.global.u32 %r0, [%p0 + 4];")]
    public void AFlagWithoutAReleaseOrdersNothing(string write, string read)
    {
        using var bench = new KernelBench();
        bench.Fault(KernelFault.Race, $"setp.ne.u32 %q0, %b, 0;\n@%q0 bra reader;\n{write}\nbra done;\nreader:\n{read}\nld.global.u32 %r1, [%p0];\ndone:", 2, 1, bench.Tensor(0, 0));
    }

    [Fact]
    public void CopiedBytesNeedABarrierForOthers()
    {
        using var bench = new KernelBench();
        bench.Fault(KernelFault.Race, """
            mov.u32 %r0, tile;
            mad.lo.u32 %r1, %t, 4, %r0;
            mul.wide.u32 %d0, %t, 4;
            add.u64 %d0, %p0, %d0;
            cp.async.ca.shared.global [%r1], [%d0], 4;
            cp.async.wait_all;
            xor.b32 %r1, %r1, 4;
            ld.shared.u32 %r2, [%r1];
            """, 1, 32, bench.Tensor(new float[32]));
    }

    [Fact]
    public void ACopyOverBytesThatOthersStillRead()
    {
        using var bench = new KernelBench();
        bench.Fault(KernelFault.Race, Words + """
            st.shared.u32 [%r1], %t;
            bar.sync 0;
            ld.shared.u32 %r3, [%r2];
            cp.async.ca.shared.global [%r1], [%p0], 4;
            cp.async.wait_all;
            """, 1, 64, bench.Tensor(1f));
    }
}
