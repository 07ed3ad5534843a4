using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>ldmatrix and stmatrix: elements where PTX ISA 8.4, section 9.7.13.4.15, puts them, their wavefronts, and what they refuse.</summary>
public class MatrixMemoryTests
{
    private const string Fill = """
        mov.u32 %r10, 0;
        FILL: mad.lo.u32 %r11, %r10, 32, %l;
        cvt.u16.u32 %h0, %r11;
        shl.b32 %r12, %r11, 1;
        st.shared.u16 [%r12], %h0;
        add.u32 %r10, %r10, 1;
        setp.lt.u32 %q0, %r10, 40;
        @%q0 bra FILL;
        bar.sync 0;

        """;

    private const string Store = "mul.wide.u32 %d0, %l, 16;\nadd.u64 %d0, %p0, %d0;\nst.global.v4.u32 [%d0], {%r0, %r1, %r2, %r3};";

    /// <summary>Element e of shared memory holds e; the lane's row starts at byte 48 lane + 16, so matrix i, row r, column c is 24 (8 i + r) + 8 + c.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(4, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(4, true)]
    public void LoadsWhereTheIsaSays(int count, bool transpose)
    {
        using var bench = new KernelBench();
        var registers = string.Join(", ", Enumerable.Range(0, count).Select(i => $"%r{i}"));
        // Lanes whose address is not needed have none.
        var load = $"setp.lt.u32 %q1, %l, {8 * count};\n@%q1 mad.lo.u32 %r8, %l, 48, 16;\nldmatrix.sync.aligned.m8n8.x{count}{(transpose ? ".trans" : "")}.shared.b16 {{{registers}}}, [%r8];\n";
        var result = bench.Tensor(new uint[128]);
        bench.Launch(Fill + "mov.u32 %r0, 0;\nmov.u32 %r1, 0;\nmov.u32 %r2, 0;\nmov.u32 %r3, 0;\n" + load + Store, 1, 32, result);
        var words = bench.Read<uint>(result);
        for (var lane = 0; lane < 32; lane++)
        {
            for (var matrix = 0; matrix < 4; matrix++)
            {
                uint Element(int row, int column) => matrix >= count ? 0u : (uint)(24 * (8 * matrix + row) + 8 + column);
                int a = lane / 4, b = 2 * (lane % 4);
                var expected = transpose ? Element(b, a) | (Element(b + 1, a) << 16) : Element(a, b) | (Element(a, b + 1) << 16);
                Assert.Equal(expected, words[4 * lane + matrix]);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void StoreUndoesLoad(bool transpose)
    {
        using var bench = new KernelBench();
        var form = $"x4{(transpose ? ".trans" : "")}.shared.b16";
        var body = $"mad.lo.u32 %r8, %l, 48, 16;\nldmatrix.sync.aligned.m8n8.{form} {{%r0, %r1, %r2, %r3}}, [%r8];\nbar.warp.sync 0xffffffff;\n" +
            $"mul.lo.u32 %r9, %l, 16;\nstmatrix.sync.aligned.m8n8.{form} [%r9 + 2560], {{%r0, %r1, %r2, %r3}};\nbar.warp.sync -1;\n" +
            "ld.shared.v4.u32 {%r0, %r1, %r2, %r3}, [%r9 + 2560];\n";
        var result = bench.Tensor(new uint[128]);
        bench.Launch(Fill + body + Store, 1, 32, result);
        var words = bench.Read<ushort>(result);
        for (var row = 0; row < 32; row++)
            for (var column = 0; column < 8; column++) Assert.Equal(24 * row + 8 + column, words[8 * row + column]);
    }

    /// <summary>The eight rows of a matrix pass the banks together: adjacent rows fill them once, rows 128 bytes apart meet in four banks, 16 bytes of padding part them.</summary>
    [Theory]
    [InlineData(16, 4, 4)]
    [InlineData(128, 4, 32)]
    [InlineData(144, 4, 4)]
    [InlineData(64, 4, 16)]
    [InlineData(128, 2, 16)]
    public void Wavefronts(int stride, int count, long expected)
    {
        using var bench = new KernelBench { SharedBytes = 8192 };
        var registers = string.Join(", ", Enumerable.Range(0, count).Select(i => $"%r{i}"));
        bench.Launch($"""
            mov.u32 %r10, 0;
            FILL: mad.lo.u32 %r11, %r10, 32, %l;
            shl.b32 %r12, %r11, 2;
            st.shared.u32 [%r12], %r11;
            add.u32 %r10, %r10, 1;
            setp.lt.u32 %q0, %r10, 64;
            @%q0 bra FILL;
            bar.sync 0;
            mul.lo.u32 %r8, %l, {stride};
            ldmatrix.sync.aligned.m8n8.x{count}.shared.b16 {"{" + registers + "}"}, [%r8];
            """, 1, 32);
        var (counters, pc) = (bench.Run.Counters, bench.Pc("ldmatrix"));
        Assert.Equal((1, expected, count), (counters.SharedRequests[pc], counters.SharedWavefronts[pc], counters.SharedIdealWavefronts[pc]));
    }

    [Theory]
    [InlineData(KernelFault.Misaligned, "mad.lo.u32 %r8, %l, 48, 8;")]
    [InlineData(KernelFault.OutOfBounds, "setp.eq.u32 %q1, %l, 31;\nmul.lo.u32 %r8, %l, 48;\n@%q1 mov.u32 %r8, 4096;")]
    [InlineData(KernelFault.Uninitialised, "mad.lo.u32 %r8, %l, 48, 2304;")]
    [InlineData(KernelFault.Uninitialised, "setp.lt.u32 %q1, %l, 24;\n@%q1 mul.lo.u32 %r8, %l, 48;")]
    [InlineData(KernelFault.WarpMask, "mul.lo.u32 %r8, %l, 48;\nsetp.eq.u32 %q1, %l, 7;\n@%q1 exit;")]
    [InlineData(KernelFault.Race, "mul.lo.u32 %r8, %l, 48;\nst.shared.u32 [%r8 + 4], %l;\nxor.b32 %r8, %l, 1;\nmul.lo.u32 %r8, %r8, 48;")]
    public void Refuses(KernelFault fault, string address)
    {
        using var bench = new KernelBench();
        Assert.Contains("ldmatrix", bench.Fault(fault, Fill + address + "\nldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r0, %r1, %r2, %r3}, [%r8];", 1, 32), StringComparison.Ordinal);
    }

    [Fact]
    public void TensorOperationsAreCounted()
    {
        using var bench = new KernelBench();
        bench.Launch("""
            mov.u32 %r0, 0x3f803f80;
            mov.f32 %f0, 0f40000000;
            mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%f1, %f2, %f3, %f4}, {%r0, %r0, %r0, %r0}, {%r0, %r0}, {%f0, %f0, %f0, %f0};
            """, 2, 64);
        Assert.Equal(4 * 2 * 16 * 8 * 16, bench.Run.Counters.TensorFlops);
        Assert.Equal(0, bench.Run.Counters.Flops);
    }
}
