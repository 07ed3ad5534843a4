namespace SiaEngine.Tests.Cuda;

/// <summary>Sectors and wavefronts of access patterns, against counts derived by hand.</summary>
public class MemoryCounterTests
{
    /// <summary>Offset of the lane for each pattern, in %r1 from %l.</summary>
    [Theory]
    // 32 adjacent words are 128 bytes: 4 sectors, as few as possible.
    [InlineData("mul.lo.u32 %r1, %l, 4;", "ld.global.u32 %r0, [%d0];", 4, 4)]
    // The same shifted by one word touches a fifth.
    [InlineData("mad.lo.u32 %r1, %l, 4, 4;", "ld.global.u32 %r0, [%d0];", 5, 4)]
    // Every second word: 256 bytes, 8 sectors, half of each used.
    [InlineData("mul.lo.u32 %r1, %l, 8;", "ld.global.u32 %r0, [%d0];", 8, 4)]
    // One word per sector.
    [InlineData("mul.lo.u32 %r1, %l, 32;", "ld.global.u32 %r0, [%d0];", 32, 4)]
    // 128 bytes apart: still one sector each.
    [InlineData("mul.lo.u32 %r1, %l, 128;", "ld.global.u32 %r0, [%d0];", 32, 4)]
    // All lanes one word.
    [InlineData("mov.u32 %r1, 64;", "ld.global.u32 %r0, [%d0];", 1, 1)]
    // Pairs of lanes share a word, in descending order: 16 words are 2 sectors.
    [InlineData("xor.b32 %r1, %l, 31;\nshr.u32 %r1, %r1, 1;\nmul.lo.u32 %r1, %r1, 4;", "ld.global.u32 %r0, [%d0];", 2, 2)]
    // 5 l mod 32 permutes the lanes.
    [InlineData("mul.lo.u32 %r1, %l, 5;\nand.b32 %r1, %r1, 31;\nmul.lo.u32 %r1, %r1, 4;", "ld.global.u32 %r0, [%d0];", 4, 4)]
    // Halves: 64 bytes.
    [InlineData("mul.lo.u32 %r1, %l, 2;", "ld.global.u16 %h0, [%d0];", 2, 2)]
    // Bytes: 32.
    [InlineData("mov.u32 %r1, %l;", "ld.global.u8 %r0, [%d0];", 1, 1)]
    // Vectors: 256 and 512 bytes.
    [InlineData("mul.lo.u32 %r1, %l, 8;", "ld.global.v2.f32 {%f0, %f1}, [%d0];", 8, 8)]
    [InlineData("mul.lo.u32 %r1, %l, 16;", "ld.global.v4.f32 {%f0, %f1, %f2, %f3}, [%d0];", 16, 16)]
    // 16 bytes of every 32.
    [InlineData("mul.lo.u32 %r1, %l, 32;", "ld.global.v4.f32 {%f0, %f1, %f2, %f3}, [%d0];", 32, 16)]
    // Lanes 0 to 7 only: 32 bytes.
    [InlineData("mul.lo.u32 %r1, %l, 4;\nsetp.lt.u32 %q0, %l, 8;", "@%q0 ld.global.u32 %r0, [%d0];", 1, 1)]
    [InlineData("mul.lo.u32 %r1, %l, 4;", "st.global.u32 [%d0], %l;", 4, 4)]
    [InlineData("mul.lo.u32 %r1, %l, 4;", "red.global.add.u32 [%d0], %l;", 4, 4)]
    public void Sectors(string offset, string access, long sectors, long ideal)
    {
        using var bench = new KernelBench();
        bench.Launch($"{offset}\ncvt.u64.u32 %d0, %r1;\nadd.u64 %d0, %p0, %d0;\n{access}", 1, 32, bench.Tensor(new uint[1032]));
        var (counters, pc) = (bench.Run.Counters, bench.Pc(access.Split(' ')[access[0] == '@' ? 1 : 0]));
        Assert.Equal((1, sectors, ideal), (counters.GlobalRequests[pc], counters.GlobalSectors[pc], counters.GlobalIdealSectors[pc]));
    }

    [Theory]
    // One word per bank.
    [InlineData("mul.lo.u32 %r1, %l, 4;", "ld.shared.u32 %r0, [%r1];", 1, 1)]
    // Every second word: banks 0, 2, …, 30 twice.
    [InlineData("mul.lo.u32 %r1, %l, 8;", "ld.shared.u32 %r0, [%r1];", 2, 1)]
    // Stride of four words: 8 banks, 4 words each.
    [InlineData("mul.lo.u32 %r1, %l, 16;", "ld.shared.u32 %r0, [%r1];", 4, 1)]
    // A column of a tile 32 words wide: one bank.
    [InlineData("mul.lo.u32 %r1, %l, 128;", "ld.shared.u32 %r0, [%r1];", 32, 1)]
    // The same padded to 33 words.
    [InlineData("mul.lo.u32 %r1, %l, 132;", "ld.shared.u32 %r0, [%r1];", 1, 1)]
    // An odd stride never conflicts.
    [InlineData("mul.lo.u32 %r1, %l, 28;", "ld.shared.u32 %r0, [%r1];", 1, 1)]
    // Broadcast, and two words of one bank.
    [InlineData("mov.u32 %r1, 8;", "ld.shared.u32 %r0, [%r1];", 1, 1)]
    [InlineData("and.b32 %r1, %l, 1;\nmul.lo.u32 %r1, %r1, 128;", "ld.shared.u32 %r0, [%r1];", 2, 1)]
    // Halves of 16 words are delivered together, whatever lane wants which.
    [InlineData("mul.lo.u32 %r1, %l, 2;", "ld.shared.u16 %h0, [%r1];", 1, 1)]
    // Halves 128 bytes apart conflict like words.
    [InlineData("mul.lo.u32 %r1, %l, 128;", "ld.shared.u16 %h0, [%r1];", 32, 1)]
    // 8 bytes: two half-warps of 128 bytes; with a stride of 16 bytes every half takes two.
    [InlineData("mul.lo.u32 %r1, %l, 8;", "ld.shared.v2.f32 {%f0, %f1}, [%r1];", 2, 2)]
    [InlineData("mul.lo.u32 %r1, %l, 16;", "ld.shared.v2.f32 {%f0, %f1}, [%r1];", 4, 2)]
    // 16 bytes: four quarter-warps; rows of 128 bytes put all 8 lanes of a quarter on the same 4 banks.
    [InlineData("mul.lo.u32 %r1, %l, 16;", "ld.shared.v4.f32 {%f0, %f1, %f2, %f3}, [%r1];", 4, 4)]
    [InlineData("mul.lo.u32 %r1, %l, 128;", "ld.shared.v4.f32 {%f0, %f1, %f2, %f3}, [%r1];", 32, 4)]
    // The same with the 16-byte unit exchanged by the row: l · 128 + 16 (l mod 8).
    [InlineData("and.b32 %r2, %l, 7;\nmul.lo.u32 %r2, %r2, 16;\nmad.lo.u32 %r1, %l, 128, %r2;", "ld.shared.v4.f32 {%f0, %f1, %f2, %f3}, [%r1];", 4, 4)]
    // Only the first quarter takes part.
    [InlineData("mul.lo.u32 %r1, %l, 16;\nsetp.lt.u32 %q0, %l, 8;", "@%q0 ld.shared.v4.f32 {%f0, %f1, %f2, %f3}, [%r1];", 1, 1)]
    [InlineData("mul.lo.u32 %r1, %l, 8;", "st.shared.u32 [%r1], %l;", 2, 1)]
    [InlineData("mul.lo.u32 %r1, %l, 8;", "red.shared.add.u32 [%r1], %l;", 2, 1)]
    public void Wavefronts(string offset, string access, long wavefronts, long ideal)
    {
        using var bench = new KernelBench { SharedBytes = 8192 };
        bench.Launch($"""
            mul.lo.u32 %r3, %l, 4;
            mov.u32 %r4, 0;
            fill:
            st.shared.f32 [%r3], 0f00000000;
            add.u32 %r3, %r3, 128;
            add.u32 %r4, %r4, 1;
            setp.lt.u32 %q1, %r4, 64;
            @%q1 bra fill;
            bar.sync 0;
            {offset}
            {access}
            """, 1, 32);
        var (counters, pc) = (bench.Run.Counters, bench.Pc(access.Split(' ')[access[0] == '@' ? 1 : 0]));
        Assert.Equal((1, wavefronts, ideal), (counters.SharedRequests[pc], counters.SharedWavefronts[pc], counters.SharedIdealWavefronts[pc]));
    }

    [Fact]
    public void BytesOfALaunch()
    {
        // Two blocks of 64 threads read 256 bytes each twice, and one word in common; they write 2 bytes per thread.
        using var bench = new KernelBench();
        var (x, y) = (bench.Tensor(new float[200]), bench.Empty(512));
        bench.Launch("""
            mad.lo.u32 %r0, %b, 64, %t;
            mul.wide.u32 %d0, %r0, 4;
            add.u64 %d1, %p0, %d0;
            ld.global.f32 %f0, [%d1];
            ld.global.f32 %f1, [%d1];
            ld.global.f32 %f2, [%p0 + 780];
            mul.wide.u32 %d0, %r0, 2;
            add.u64 %d1, %p1, %d0;
            cvt.u16.u32 %h0, %t;
            st.global.u16 [%d1], %h0;
            """, 2, 64, x, y);
        Assert.Equal((512 + 4, 256), (bench.Run.DistinctBytesRead, bench.Run.DistinctBytesWritten));
        var counters = bench.Run.Counters;
        Assert.Equal(3 * 128 * 4, counters.GlobalBytesRead.Sum());
        Assert.Equal(128 * 2, counters.GlobalBytesWritten.Sum());
        Assert.Equal(4 * 4, counters.GlobalRequests.Sum());
        Assert.Equal(4 * (4 + 4 + 1 + 2), counters.GlobalSectors.Sum());
    }
}
