using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>Patterns that are ordered are never reported, under any schedule, and give the right values.</summary>
public class RaceFreeTests
{
    private const string Words = RaceTests.Words;

    [Fact]
    public void WarpSynchronousReduction()
    {
        using var bench = new KernelBench();
        var y = bench.Tensor(new int[2]);
        var body = Words + "st.shared.u32 [%r1], %t;\nbar.warp.sync -1;\n";
        foreach (var step in new[] { 16, 8, 4, 2, 1 })
            body += $"setp.lt.u32 %q0, %l, {step};\n@%q0 ld.shared.u32 %r3, [%r1];\n@%q0 ld.shared.u32 %r4, [%r1 + {4 * step}];\n@%q0 add.u32 %r3, %r3, %r4;\n" +
                "@%q0 st.shared.u32 [%r1], %r3;\nbar.warp.sync -1;\n";
        body += "setp.eq.u32 %q0, %l, 0;\nmul.wide.u32 %d0, %w, 4;\nadd.u64 %d0, %p0, %d0;\n@%q0 st.global.u32 [%d0], %r3;";
        bench.Clean(body, 1, 64, y);
        Assert.Equal([496, 1520], bench.Read<int>(y));
    }

    [Fact]
    public void DoubleBuffering()
    {
        using var bench = new KernelBench();
        var y = bench.Tensor(new int[128]);
        var body = Words + "mov.u32 %r5, %t;\n";
        for (var i = 0; i < 6; i++)
        {
            var offset = i % 2 * 1024;
            body += $"st.shared.u32 [%r1 + {offset}], %r5;\nbar.sync 0;\nld.shared.u32 %r5, [%r2 + {offset}];\nadd.u32 %r5, %r5, 1;\n";
        }

        bench.Clean(body + "mul.wide.u32 %d0, %t, 4;\nadd.u64 %d0, %p0, %d0;\nst.global.u32 [%d0], %r5;", 1, 128, y);
        Assert.Equal(Enumerable.Range(0, 128).Select(i => i + 6), bench.Read<int>(y));
    }

    [Theory]
    [InlineData("membar.gl;\nbar.sync 0;\nsetp.eq.u32 %q0, %t, 0;\n", "")]
    [InlineData("bar.sync 0;\nsetp.eq.u32 %q0, %t, 0;\n@%q0 fence.acq_rel.gpu;\n", "membar.gl;")]
    [InlineData("bar.sync 0;\nsetp.eq.u32 %q0, %t, 0;\n@%q0 membar.gl;\n", "membar.gl;")]
    public void TheLastBlockSumsUp(string release, string acquire)
    {
        // Every block writes 64 partial values; the block whose atomic comes last reads all of them.
        using var bench = new KernelBench();
        var (partial, counter, y) = (bench.Empty(8 * 64 * 4), bench.Tensor(0), bench.Tensor(0));
        var body = $"""
            mad.lo.u32 %r0, %b, 64, %t;
            mul.wide.u32 %d0, %r0, 4;
            add.u64 %d0, %p0, %d0;
            st.global.u32 [%d0], %r0;
            {release}
            @%q0 atom.global.inc.u32 %r1, [%p1], 7;
            @%q0 st.shared.u32 [tile], %r1;
            bar.sync 0;
            ld.shared.u32 %r1, [tile];
            setp.ne.u32 %q1, %r1, 7;
            @%q1 bra done;
            {acquire}
            mov.u32 %r2, 0;
            mov.u32 %r3, 0;
            mul.wide.u32 %d0, %t, 4;
            add.u64 %d0, %p0, %d0;
            next:
            ld.global.u32 %r4, [%d0];
            add.u32 %r2, %r2, %r4;
            add.u64 %d0, %d0, 256;
            add.u32 %r3, %r3, 1;
            setp.lt.u32 %q2, %r3, 8;
            @%q2 bra next;
            red.global.add.u32 [%p2], %r2;
            done:
            """;
        for (var seed = 0; seed < 4; seed++)
        {
            bench.Driver.Schedule = Schedule.Shuffled(seed);
            bench.Driver.Fill((nint)y.Bits, 0, 4);
            bench.Launch(body, 8, 64, partial, counter, y);
            Assert.Equal(511 * 512 / 2, bench.Read<int>(y)[0]);
        }
    }

    [Fact]
    public void AFlagWithReleaseAndAcquire()
    {
        using var bench = new KernelBench();
        foreach (var (write, read) in new[]
        {
            ("st.release.gpu.global.u32 [%p0 + 4], 1;", "ld.acquire.gpu.global.u32 %r0, [%p0 + 4];"),
            ("fence.acq_rel.gpu;\nst.relaxed.gpu.global.u32 [%p0 + 4], 1;", "ld.relaxed.gpu.global.u32 %r0, [%p0 + 4];\nfence.acq_rel.gpu;"),
            ("membar.gl;\nst.volatile.global.u32 [%p0 + 4], 1;", "ld.volatile.global.u32 %r0, [%p0 + 4];"),
            ("membar.gl;\natom.global.exch.b32 %r0, [%p0 + 4], 1;", "atom.global.or.b32 %r0, [%p0 + 4], 0;"),
            ("red.release.gpu.global.add.u32 [%p0 + 4], 1;", "ld.acquire.sys.global.u32 %r0, [%p0 + 4];"),
        })
        {
            var (flag, y) = (bench.Tensor(0, 0), bench.Tensor(0));
            for (var seed = 0; seed < 3; seed++)
            {
                bench.Driver.Schedule = Schedule.Shuffled(seed);
                bench.Driver.Fill((nint)flag.Bits, 0, 8);
                bench.Launch($"""
                    setp.eq.u32 %q0, %b, 0;
                    @%q0 bra writer;
                    wait:
                    {read}
                    setp.eq.u32 %q1, %r0, 0;
                    @%q1 bra wait;
                    ld.global.u32 %r1, [%p0];
                    st.global.u32 [%p1], %r1;
                    bra done;
                    writer:
                    st.global.u32 [%p0], 77;
                    {write}
                    done:
                    """, 2, 1, flag, y);
                Assert.Equal(77, bench.Read<int>(y)[0]);
            }
        }
    }

    [Fact]
    public void AFlagInSharedMemory()
    {
        using var bench = new KernelBench();
        var y = bench.Tensor(0);
        bench.Clean("""
            setp.eq.u32 %q0, %t, 0;
            @%q0 st.shared.u32 [tile + 4], 0;
            bar.sync 0;
            setp.eq.u32 %q0, %t, 0;
            @%q0 bra writer;
            setp.ne.u32 %q0, %t, 32;
            @%q0 bra done;
            wait:
            atom.shared.or.b32 %r0, [tile + 4], 0;
            setp.eq.u32 %q1, %r0, 0;
            @%q1 bra wait;
            ld.shared.u32 %r1, [tile];
            st.global.u32 [%p0], %r1;
            bra done;
            writer:
            st.shared.u32 [tile], 78;
            membar.cta;
            atom.shared.exch.b32 %r0, [tile + 4], 1;
            done:
            """, 1, 64, y);
        Assert.Equal(78, bench.Read<int>(y)[0]);
    }

    [Fact]
    public void ProducersAndConsumersAtNamedBarriers()
    {
        // Warp 0 fills, warp 1 reads; barrier 1 says full, barrier 2 says empty.
        using var bench = new KernelBench();
        var y = bench.Tensor(new int[32]);
        bench.Clean("""
            mov.u32 %r0, tile;
            mad.lo.u32 %r1, %l, 4, %r0;
            mov.u32 %r2, 0;
            mov.u32 %r5, 0;
            setp.eq.u32 %q0, %w, 0;
            @!%q0 bra consumer;
            producer:
            mad.lo.u32 %r3, %r2, 100, %l;
            xor.b32 %r4, %r1, 4;
            st.shared.u32 [%r4], %r3;
            bar.arrive 1, 64;
            bar.sync 2, 64;
            add.u32 %r2, %r2, 1;
            setp.lt.u32 %q1, %r2, 4;
            @%q1 bra producer;
            bra done;
            consumer:
            bar.sync 1, 64;
            ld.shared.u32 %r3, [%r1];
            add.u32 %r5, %r5, %r3;
            bar.arrive 2, 64;
            add.u32 %r2, %r2, 1;
            setp.lt.u32 %q1, %r2, 4;
            @%q1 bra consumer;
            mul.wide.u32 %d0, %l, 4;
            add.u64 %d0, %p0, %d0;
            st.global.u32 [%d0], %r5;
            done:
            """, 1, 64, y);
        Assert.Equal(Enumerable.Range(0, 32).Select(i => 600 + 4 * (i ^ 1)), bench.Read<int>(y));
    }

    [Theory]
    [InlineData("st.shared.u32 [tile], 5;\nbar.sync 0;\nld.shared.u32 %r3, [tile];\nbar.sync 0;\nsetp.eq.u32 %q0, %t, 77;\n@%q0 st.shared.u32 [tile], 6;")]
    [InlineData("st.shared.u32 [%r1], %t;\nbar.sync 0;\nld.shared.v4.u32 {%r3, %r4, %r5, %r6}, [tile + 16];\nld.shared.u8 %r7, [tile + 17];\nbar.sync 0;\nst.shared.u32 [%r1], 1;")]
    [InlineData("ld.global.u32 %r3, [%p0];\nst.shared.u32 [%r1], %r3;")]
    [InlineData("st.global.u32 [%p0], 9;")]
    [InlineData("st.shared.u32 [%r1], %t;\nld.shared.u32 %r3, [%r1];\nst.shared.u32 [%r1], %r3;\nld.shared.u16 %h0, [%r1];")]
    [InlineData("st.shared.u32 [%r1], %t;\nbarrier.sync 3;\nld.shared.u32 %r3, [%r2];\nbarrier.sync 3;\nst.shared.u32 [%r2], %r3;")]
    [InlineData("st.shared.u32 [%r1], %t;\nbar.red.popc.u32 %r5, 1, %q7;\nld.shared.u32 %r3, [%r2];")]
    public void Ordered(string body)
    {
        using var bench = new KernelBench();
        bench.Clean("setp.eq.u32 %q7, %t, %t;\n" + Words + body, 3, 96, bench.Tensor(9));
    }

    [Fact]
    public void PartsOfAWarpMeet()
    {
        using var bench = new KernelBench();
        bench.Clean(Words + """
            setp.lt.u32 %q0, %l, 16;
            @!%q0 bra upper;
            st.shared.u32 [%r1], %t;
            bar.warp.sync 0x0000ffff;
            ld.shared.u32 %r3, [%r2];
            bra meet;
            upper:
            st.shared.u32 [%r1], %t;
            bar.warp.sync 0xffff0000;
            ld.shared.u32 %r3, [%r2];
            meet:
            bar.warp.sync -1;
            xor.b32 %r2, %r1, 64;
            ld.shared.u32 %r3, [%r2];
            """, 1, 64);
    }

    [Fact]
    public void HistogramWithSharedAtomics()
    {
        using var bench = new KernelBench();
        var y = bench.Tensor(new int[16]);
        bench.Clean("""
            mov.u32 %r0, tile;
            mad.lo.u32 %r1, %t, 4, %r0;
            setp.lt.u32 %q0, %t, 16;
            @%q0 st.shared.u32 [%r1], 0;
            bar.sync 0;
            and.b32 %r2, %t, 15;
            mad.lo.u32 %r2, %r2, 4, %r0;
            red.shared.add.u32 [%r2], 1;
            atom.shared.max.u32 %r3, [%r2], 0;
            bar.sync 0;
            @!%q0 bra done;
            ld.shared.u32 %r3, [%r1];
            mul.wide.u32 %d0, %t, 4;
            add.u64 %d0, %p0, %d0;
            red.global.add.u32 [%d0], %r3;
            done:
            """, 3, 128, y);
        Assert.Equal(Enumerable.Repeat(5 * 3 * 8, 16), bench.Read<int>(y));
    }

    [Fact]
    public void LaunchesAreOrdered()
    {
        using var bench = new KernelBench();
        var x = bench.Tensor(new int[64]);
        const string Body = "mad.lo.u32 %r0, %b, 32, %t;\nxor.b32 %r0, %r0, 32;\nmul.wide.u32 %d0, %r0, 4;\nadd.u64 %d0, %p0, %d0;\nld.global.u32 %r1, [%d0];\nadd.u32 %r1, %r1, 1;\nst.global.u32 [%d0], %r1;";
        bench.Clean(Body, 2, 32, x);
        bench.Clean(Body.Replace("32;\nmul", "0;\nmul", StringComparison.Ordinal), 2, 32, x);
        Assert.All(bench.Read<int>(x), value => Assert.Equal(10, value));
    }

    [Fact]
    public void PipelinedCopies()
    {
        using var bench = new KernelBench();
        var x = bench.Tensor([.. Enumerable.Range(0, 64 * 4)]);
        var y = bench.Tensor(new int[64]);
        var body = "mov.u32 %r0, tile;\nmad.lo.u32 %r1, %t, 4, %r0;\nxor.b32 %r2, %r1, 252;\nmul.wide.u32 %d0, %t, 4;\nadd.u64 %d1, %p0, %d0;\nmov.u32 %r5, 0;\n" +
            "cp.async.ca.shared.global [%r1], [%d1], 4;\ncp.async.commit_group;\n";
        for (var i = 0; i < 4; i++)
        {
            if (i < 3) body += $"cp.async.ca.shared.global [%r1 + {(i + 1) % 2 * 256}], [%d1 + {(i + 1) * 256}], 4;\n";
            body += $"cp.async.commit_group;\ncp.async.wait_group 1;\nbar.sync 0;\nld.shared.u32 %r3, [%r2 + {i % 2 * 256}];\nadd.u32 %r5, %r5, %r3;\nbar.sync 0;\n";
        }

        bench.Clean(body + "add.u64 %d0, %p1, %d0;\nst.global.u32 [%d0], %r5;", 2, 64, x, y);
        Assert.Equal(Enumerable.Range(0, 64).Select(t => 4 * (63 - t) + 64 * 6), bench.Read<int>(y));
    }

    [Fact]
    public void CopiesWaitedForAtAnMBarrier()
    {
        using var bench = new KernelBench();
        var x = bench.Tensor([.. Enumerable.Range(0, 64)]);
        var y = bench.Tensor(new int[64]);
        const string Start = """
            mov.u32 %r0, tile;
            setp.eq.u32 %q0, %t, 0;
            @%q0 mbarrier.init.shared.b64 [tile + 1024], 64;
            bar.sync 0;
            mad.lo.u32 %r1, %t, 4, %r0;
            xor.b32 %r2, %r1, 252;
            mul.wide.u32 %d0, %t, 4;
            add.u64 %d1, %p0, %d0;
            cp.async.ca.shared.global [%r1], [%d1], 4;
            cp.async.mbarrier.arrive.shared.b64 [tile + 1024];
            mbarrier.arrive.shared.b64 %d2, [tile + 1024];

            """;
        const string Wait = "wait:\nmbarrier.test_wait.shared.b64 %q1, [tile + 1024], %d2;\n@!%q1 bra wait;\n";
        const string End = "ld.shared.u32 %r3, [%r2];\nadd.u64 %d0, %p1, %d0;\nst.global.u32 [%d0], %r3;";
        bench.Clean(Start + Wait + End, 1, 64, x, y);
        Assert.Equal(Enumerable.Range(0, 64).Select(t => 63 - t), bench.Read<int>(y));
        bench.Fault(KernelFault.AsyncCopy, Start + End.Replace("%r2", "%r1", StringComparison.Ordinal), 1, 64, x, y);
    }
}
