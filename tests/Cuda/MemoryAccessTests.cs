namespace SiaEngine.Tests.Cuda;

/// <summary>Values that loads, stores, atomics and copies move.</summary>
public class MemoryAccessTests
{
    [Theory]
    [InlineData("ld.global.u8 %r0, [%p0];\ncvt.u64.u32 %d0, %r0;", 0xF8UL)]
    [InlineData("ld.global.s8 %r0, [%p0];\ncvt.s64.s32 %d0, %r0;", 0xFFFFFFFFFFFFFFF8UL)]
    [InlineData("ld.global.s8 %d0, [%p0 + 1];", 0xFFFFFFFFFFFFFFF9UL)]
    [InlineData("ld.global.u16 %d0, [%p0];", 0xF9F8UL)]
    [InlineData("ld.global.b16 %h0, [%p0 + 2];\ncvt.u64.u16 %d0, %h0;", 0xFBFAUL)]
    [InlineData("ld.global.s16 %r0, [%p0];\ncvt.s64.s32 %d0, %r0;", 0xFFFFFFFFFFFFF9F8UL)]
    [InlineData("ld.global.s32 %d0, [%p0];", 0xFFFFFFFFFBFAF9F8UL)]
    [InlineData("ld.global.u32 %d0, [%p0];", 0xFBFAF9F8UL)]
    [InlineData("ld.global.b64 %d0, [%p0];", 0xFFFEFDFCFBFAF9F8UL)]
    [InlineData("ld.global.v2.b64 {%d1, %d0}, [%p0];", 0x0706050403020100UL)]
    [InlineData("ld.global.v4.u16 {%h0, %h1, %h2, %h3}, [%p0 + 8];\ncvt.u64.u16 %d0, %h3;", 0x0706UL)]
    [InlineData("ld.global.v4.u8 {%r0, %r1, %r2, %r3}, [%p0 + 8];\ncvt.u64.u32 %d0, %r2;", 0x02UL)]
    [InlineData("ld.global.v2.u32 {_, %r1}, [%p0];\ncvt.u64.u32 %d0, %r1;", 0xFFFEFDFCUL)]
    [InlineData("ld.global.nc.L1::no_allocate.L2::128B.b64 %d0, [%p0 + 8];", 0x0706050403020100UL)]
    [InlineData("ld.global.ca.u32 %d0, [%p0 + 8];", 0x03020100UL)]
    [InlineData("ld.relaxed.gpu.global.u32 %d0, [%p0 + 8];", 0x03020100UL)]
    [InlineData("ldu.global.u32 %d0, [%p0 + 8];", 0x03020100UL)]
    [InlineData("ld.u32 %d0, [%p0 + 8];", 0x03020100UL)]
    public void Loads(string body, ulong expected)
    {
        using var bench = new KernelBench();
        var x = bench.Tensor<byte>([0xF8, 0xF9, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE, 0xFF, 0, 1, 2, 3, 4, 5, 6, 7]);
        var y = bench.Empty(8);
        bench.Launch(body + "\nst.global.u64 [%p1], %d0;", 1, 1, x, y);
        Assert.Equal(expected, bench.Read<ulong>(y)[0]);
    }

    [Theory]
    [InlineData("st.global.u8 [%p0 + 1], %r0;", 0x1111111111114411UL)]
    [InlineData("st.global.b16 [%p0 + 2], %h0;", 0x1111111177881111UL)]
    [InlineData("st.global.v2.b8 [%p0 + 2], {%r0, %r1};", 0x1111111155441111UL)]
    [InlineData("st.global.wb.u32 [%p0 + 4], %r0;", 0xAA33444411111111UL)]
    [InlineData("st.global.v2.u32 [%p0], {%r0, 7};", 0x00000007AA334444UL)]
    [InlineData("st.volatile.u32 [%p0], -1;", 0x11111111FFFFFFFFUL)]
    [InlineData("st.global.f32 [%p0], 0f3F800000;", 0x111111113F800000UL)]
    public void Stores(string body, ulong expected)
    {
        using var bench = new KernelBench();
        var y = bench.Tensor(0x1111111111111111UL);
        bench.Launch("mov.u32 %r0, 0xAA334444;\nmov.u32 %r1, 0x55;\nmov.u16 %h0, 0x7788;\n" + body, 1, 1, y);
        Assert.Equal(expected, bench.Read<ulong>(y)[0]);
    }

    [Theory]
    [InlineData("add.u32", 10u, 7u, 17u)]
    [InlineData("add.s32", 0xFFFFFFFFu, 1u, 0u)]
    [InlineData("min.s32", 0xFFFFFFFFu, 1u, 0xFFFFFFFFu)]
    [InlineData("min.u32", 0xFFFFFFFFu, 1u, 1u)]
    [InlineData("max.s32", 0xFFFFFFFFu, 1u, 1u)]
    [InlineData("max.u32", 0xFFFFFFFFu, 1u, 0xFFFFFFFFu)]
    [InlineData("inc.u32", 5u, 7u, 6u)]
    [InlineData("inc.u32", 7u, 7u, 0u)]
    [InlineData("dec.u32", 0u, 7u, 7u)]
    [InlineData("dec.u32", 9u, 7u, 7u)]
    [InlineData("dec.u32", 3u, 7u, 2u)]
    [InlineData("and.b32", 0xF0u, 0x3Cu, 0x30u)]
    [InlineData("or.b32", 0xF0u, 0x3Cu, 0xFCu)]
    [InlineData("xor.b32", 0xF0u, 0x3Cu, 0xCCu)]
    [InlineData("exch.b32", 0xF0u, 0x3Cu, 0x3Cu)]
    [InlineData("add.f32", 0x3F800000u, 0x40000000u, 0x40400000u)]
    [InlineData("add.noftz.f16x2", 0x3C004000u, 0x3C003C00u, 0x40004200u)]
    [InlineData("add.noftz.bf16x2", 0x3F804000u, 0x3F803F80u, 0x40004040u)]
    public void Atomics(string operation, uint old, uint value, uint expected)
    {
        using var bench = new KernelBench();
        var (x, y) = (bench.Tensor(old), bench.Tensor(0u, 0u, 0u));
        bench.Launch($"""
            mov.b32 %r0, {(int)value};
            atom.global.{operation} %r1, [%p0], %r0;
            st.global.u32 [%p1], %r1;
            mov.b32 %r2, {(int)old};
            st.shared.u32 [tile], %r2;
            red.shared.{operation.Replace("exch", "or", StringComparison.Ordinal)} [tile], %r0;
            ld.shared.u32 %r3, [tile];
            st.global.u32 [%p1 + 4], %r3;
            """, 1, 1, x, y);
        Assert.Equal((expected, old), (bench.Read<uint>(x)[0], bench.Read<uint>(y)[0]));
        if (!operation.StartsWith("exch", StringComparison.Ordinal)) Assert.Equal(expected, bench.Read<uint>(y)[1]);
    }

    [Fact]
    public void SubnormalSumsAreFlushedInGlobalMemoryOnly()
    {
        using var bench = new KernelBench();
        var (x, y) = (bench.Tensor(3u), bench.Tensor(0u));
        bench.Launch("""
            mov.b32 %f0, 0x00000005;
            red.global.add.f32 [%p0], %f0;
            st.shared.u32 [tile], 3;
            red.shared.add.f32 [tile], %f0;
            ld.shared.u32 %r0, [tile];
            st.global.u32 [%p1], %r0;
            """, 1, 1, x, y);
        Assert.Equal((0u, 8u), (bench.Read<uint>(x)[0], bench.Read<uint>(y)[0]));
    }

    [Fact]
    public void CompareAndSwap()
    {
        using var bench = new KernelBench();
        var x = bench.Tensor(5UL, 5UL, 0x0000000700050003UL);
        bench.Launch("""
            mov.u64 %d0, 5;
            mov.u64 %d1, 9;
            atom.global.cas.b64 %d2, [%p0], %d0, %d1;
            atom.cas.b64 %d2, [%p0 + 8], %d1, %d0;
            mov.u16 %h0, 5;
            mov.u16 %h1, 6;
            atom.global.cas.b16 %h2, [%p0 + 18], %h0, %h1;
            """, 1, 1, x);
        Assert.Equal([9UL, 5UL, 0x0000000700060003UL], bench.Read<ulong>(x));
    }

    [Fact]
    public void AtomicsOfAllLanesAndBlocksAddUp()
    {
        using var bench = new KernelBench();
        var x = bench.Tensor(0UL, 0UL, 0UL);
        bench.Clean("""
            cvt.u64.u32 %d0, %t;
            red.global.add.u64 [%p0], %d0;
            atom.global.max.u64 %d1, [%p0 + 8], %d0;
            mov.f64 %e0, 0d3FF0000000000000;
            red.global.add.f64 [%p0 + 16], %e0;
            """, 6, 64, x);
        var values = bench.Read<ulong>(x);
        Assert.Equal((5 * 6 * 2016UL, 63UL, 5 * 6 * 64.0), (values[0], values[1], BitConverter.UInt64BitsToDouble(values[2])));
    }

    [Fact]
    public void GenericAddressesFindTheirSpacePerLane()
    {
        // Even lanes go to shared memory, odd ones to global memory; local memory and parameters after that.
        using var bench = new KernelBench();
        var y = bench.Tensor(new int[96]);
        bench.Launch("""
            .local .b32 x[4];
            mul.wide.u32 %d0, %t, 4;
            mov.u64 %d1, tile;
            cvta.shared.u64 %d1, %d1;
            add.u64 %d1, %d1, %d0;
            add.u64 %d2, %p0, %d0;
            and.b32 %r0, %t, 1;
            setp.eq.u32 %q0, %r0, 0;
            selp.b64 %d3, %d1, %d2, %q0;
            add.u32 %r1, %t, 100;
            st.u32 [%d3], %r1;
            ld.u32 %r2, [%d3];
            st.global.u32 [%d2 + 128], %r2;
            isspacep.shared %q1, %d3;
            isspacep.global %q2, %d3;
            xor.pred %q1, %q1, %q0;
            xor.pred %q2, %q2, %q0;
            mov.u64 %d4, x;
            cvta.local.u64 %d5, %d4;
            st.u32 [%d5 + 8], %r1;
            ld.local.u32 %r3, [x + 8];
            isspacep.local %q3, %d5;
            @%q1 mov.u32 %r3, -1;
            @!%q2 mov.u32 %r3, -2;
            @!%q3 mov.u32 %r3, -3;
            cvta.to.local.u64 %d6, %d5;
            setp.ne.u64 %q4, %d6, %d4;
            @%q4 mov.u32 %r3, -4;
            st.global.u32 [%d2 + 256], %r3;
            """, 1, 32, y);
        var values = bench.Read<int>(y);
        for (var i = 0; i < 32; i++) Assert.Equal((i % 2 == 0 ? 0 : 100 + i, 100 + i, 100 + i), (values[i], values[32 + i], values[64 + i]));
    }

    [Fact]
    public void CopiesFillWithZeros()
    {
        using var bench = new KernelBench();
        var x = bench.Tensor([1, 2, 3, 4], given: 3);
        var y = bench.Tensor(new int[12]);
        bench.Clean("""
            cp.async.cg.shared.global.L2::128B [tile], [%p0], 16, 12;
            mov.u32 %r0, 4;
            cp.async.ca.shared.global [tile + 16], [%p0], 8, %r0;
            cp.async.ca.shared.global [tile + 24], [%p0], 8;
            setp.eq.u32 %q0, %t, 0;
            cp.async.cg.shared.global [tile + 32], [%p0], 16, %q0;
            cp.async.wait_all;
            ld.shared.v4.u32 {%r0, %r1, %r2, %r3}, [tile];
            st.global.v4.u32 [%p1], {%r0, %r1, %r2, %r3};
            ld.shared.v4.u32 {%r0, %r1, %r2, %r3}, [tile + 16];
            st.global.v4.u32 [%p1 + 16], {%r0, %r1, %r2, %r3};
            ld.shared.v4.u32 {%r0, %r1, %r2, %r3}, [tile + 32];
            st.global.v4.u32 [%p1 + 32], {%r0, %r1, %r2, %r3};
            """, 1, 1, x, y);
        Assert.Equal([1, 2, 3, 0, 1, 0, 1, 2, 0, 0, 0, 0], bench.Read<int>(y));
    }

    [Fact]
    public void ThePhasesOfAnMBarrier()
    {
        using var bench = new KernelBench();
        var y = bench.Tensor(new int[4]);
        bench.Launch("""
            mbarrier.init.shared.b64 [tile], 2;
            mbarrier.arrive.shared.b64 %d0, [tile];
            mbarrier.pending_count.b64 %r0, %d0;
            mbarrier.test_wait.shared.b64 %q0, [tile], %d0;
            mbarrier.test_wait.parity.shared.b64 %q1, [tile], 0;
            mbarrier.arrive_drop.shared.b64 %d1, [tile];
            mbarrier.test_wait.shared.b64 %q2, [tile], %d0;
            mbarrier.test_wait.parity.shared.b64 %q3, [tile], 0;
            mbarrier.arrive.shared.b64 %d2, [tile];
            mbarrier.test_wait.shared.b64 %q4, [tile], %d2;
            mbarrier.inval.shared.b64 [tile];
            selp.u32 %r1, 1, 0, %q0;
            @%q1 add.u32 %r1, %r1, 2;
            @%q2 add.u32 %r1, %r1, 4;
            @%q3 add.u32 %r1, %r1, 8;
            @%q4 add.u32 %r1, %r1, 16;
            st.global.v2.u32 [%p0], {%r0, %r1};
            """, 1, 1, y);
        Assert.Equal([2, 4 + 8 + 16, 0, 0], bench.Read<int>(y));
    }

    [Fact]
    public void SixteenBytesAtOnce()
    {
        using var bench = new KernelBench();
        var x = bench.Tensor(1UL, 2UL, 3UL, 4UL, 0UL, 0UL);
        bench.Launch(".reg .b128 %x, %y;\nld.global.b128 %x, [%p0];\natom.global.exch.b128 %y, [%p0 + 16], %x;\nst.global.b128 [%p0 + 32], %y;", 1, 1, x);
        Assert.Equal([1UL, 2UL, 1UL, 2UL, 3UL, 4UL], bench.Read<ulong>(x));
    }

    [Fact]
    public void DiscardedLinesAreUndefined()
    {
        using var bench = new KernelBench();
        var x = bench.Tensor(new float[64]);
        bench.Launch("discard.global.L2 [%p0 + 128], 128;\nld.global.f32 %f0, [%p0 + 124];\nst.global.f32 [%p0 + 128], %f0;\nld.global.f32 %f0, [%p0 + 128];", 1, 1, x);
        bench.Fault(SiaEngine.Cuda.Simulator.KernelFault.Uninitialised, "ld.global.f32 %f0, [%p0 + 132];", 1, 1, x);
    }
}
