using SiaEngine.Cuda;

namespace SiaEngine.Tests.Cuda;

/// <summary>NVIDIA's assembler takes every file: no error, nothing spilled, registers within the header's budget.</summary>
public class PtxAssemblyTests
{
    private const string Missing = "ptxas was not found: .ci/cuda-tools fetches it, SIA_PTXAS or PATH may name it";

    public static TheoryData<string, string> Files => [.. from name in PtxLibrary.Names
        from architecture in new[] { "sm_80", "sm_90" }
        where PtxAssembler.Accepts(PtxLibrary.Load(name), architecture)
        select new TheoryDataRow<string, string>(name, architecture)];

    [Theory, MemberData(nameof(Files))]
    public void FileAssembles(string name, string architecture)
    {
        var assembler = PtxAssembler.Find();
        Assert.SkipUnless(assembler is not null, Missing);
        var source = PtxLibrary.Load(name);
        var kernels = assembler.Assemble(source, architecture);
        foreach (var (kernel, header) in KernelHeader.ReadAll(source))
        {
            var report = Assert.Contains(kernel, kernels);
            Assert.True(report is { SpillStores: 0, SpillLoads: 0 }, $"{name}.ptx: {kernel} spills for {architecture}: {report}");
            Assert.True(report.Registers <= header.Registers, $"{name}.ptx: {kernel} takes {report.Registers} registers for {architecture}, its header allows {header.Registers}");
        }
    }

    [Fact]
    public void ReportsStackSharedMemoryAndRegisters()
    {
        var assembler = PtxAssembler.Find();
        Assert.SkipUnless(assembler is not null, Missing);
        var kernels = assembler.Assemble(new PtxSource("t.ptx", """
            .version 7.0
            .target sm_80
            .address_size 64
            .entry shared() { .shared .f32 x[12]; .reg .b32 %r; mov.u32 %r, %tid.x; st.shared.u32 [x], %r; ret; }
            .entry stack(.param .u64 a, .param .u32 n) {
                .local .b32 x[64]; .reg .b32 %i<4>; .reg .b64 %a<4>;
                ld.param.u32 %i0, [n]; and.b32 %i1, %i0, 63; mul.wide.u32 %a0, %i1, 4; mov.u64 %a1, x; add.u64 %a1, %a1, %a0;
                st.local.u32 [%a1], %i0; ld.local.u32 %i2, [x+20]; ld.param.u64 %a2, [a]; st.global.u32 [%a2], %i2; ret;
            }
            """), "sm_80");
        Assert.Equal(48, kernels["shared"].SharedBytes);
        Assert.Equal(256, kernels["stack"].Stack);
        Assert.InRange(kernels["stack"].Registers, 1, 32);
    }

    [Fact]
    public void ErrorsNameTheLineOfTheFile()
    {
        var assembler = PtxAssembler.Find();
        Assert.SkipUnless(assembler is not null, Missing);
        var source = PtxTemplate.Expand("t.ptx", """
            .version 7.0
            .target sm_80
            .address_size 64
            #for I in 0..4
            .entry k${I}() { ret; }
            #end
            .entry bad() {
                .reg .b32 %r;
                add.u32 %r, %r, %q;
                ret;
            }
            """, _ => "");
        var error = Assert.Throws<PtxException>(() => assembler.Assemble(source, "sm_80"));
        Assert.StartsWith("t.ptx:9: ptxas for sm_80: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(" (and 1 more)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".version 8.0\n.target sm_90a\n", "sm_80", false)]
    [InlineData(".version 8.0\n.target sm_90\n", "sm_90", true)]
    [InlineData("// .target sm_99\n.version 8.0\n.target sm_70\n", "sm_80", true)]
    public void TargetsAreRespected(string text, string architecture, bool accepted) => Assert.Equal(accepted, PtxAssembler.Accepts(new PtxSource("t.ptx", text), architecture));
}
