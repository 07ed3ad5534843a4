using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>Every access that memory forbids is stopped with its own fault, at the right byte.</summary>
public class MemoryFaultTests
{
    private const string Element = "mul.wide.u32 %d0, %t, 4;\nadd.u64 %d1, %p0, %d0;\n";

    [Fact]
    public void PastTheEndOfATensorInsideItsAllocation()
    {
        using var bench = new KernelBench();
        var unused = bench.Tensor(1f);
        var tensor = bench.Tensor(new float[64], given: 48);
        var message = bench.Fault(KernelFault.OutOfBounds, "mul.wide.u32 %d0, %t, 4;\nadd.u64 %d1, %p1, %d0;\nld.global.f32 %f0, [%d1];", 1, 64, unused, tensor);
        Assert.Contains("out of bounds: byte 192 of tensor argument 1 (192 bytes)", message, StringComparison.Ordinal);
        Assert.Contains("thread (48,0,0)", message, StringComparison.Ordinal);
        Assert.Contains("ld.global.f32 %f0, [%d1]", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ld.global.u32 %r0, [%p0 + 16];", "byte 16 of tensor argument 0 (16 bytes)")]
    [InlineData("ld.global.u32 %r0, [%p0 + -4];", "byte -4 of tensor argument 0 (16 bytes)")]
    [InlineData("ld.u32 %r0, [%p0 + 1024];", "byte 1024 of tensor argument 0 (16 bytes)")]
    [InlineData("mov.u64 %d0, 0;\nst.global.u32 [%d0], %t;", "address 0x0 lies in no allocation")]
    [InlineData("mov.u64 %d0, 16;\nst.u32 [%d0], %t;", "address 0x10 lies in no allocation")]
    [InlineData("mov.u64 %d0, -4;\nld.global.u32 %r0, [%d0];", "lies in no allocation")]
    [InlineData("mov.u64 %d0, -16;\nld.global.v4.u32 {%r0, %r1, %r2, %r3}, [%d0];", "lies in no allocation")]
    [InlineData("ld.shared.u32 %r0, [4096];", "the block has 4096 bytes")]
    [InlineData("mov.u32 %r1, -4;\nst.shared.u32 [%r1], %t;", "of shared memory")]
    [InlineData("atom.global.add.u32 %r0, [%p0 + 16], 1;", "byte 16 of tensor argument 0")]
    [InlineData("cp.async.ca.shared.global [tile], [%p0 + 16], 16;", "byte 16 of tensor argument 0")]
    [InlineData("prefetch.global.L2 [%p0 + 64];", "byte 64 of tensor argument 0")]
    public void Outside(string body, string where)
    {
        using var bench = new KernelBench();
        var tensor = bench.Tensor([1f, 2, 3, 4, 5, 6, 7, 8], given: 4);
        Assert.Contains(where, bench.Fault(KernelFault.OutOfBounds, body, 1, 1, tensor), StringComparison.Ordinal);
    }

    [Fact]
    public void AnAllocationThatWasNotGiven()
    {
        using var bench = new KernelBench();
        var given = bench.Tensor(1f);
        var other = bench.Tensor(1f);
        var message = bench.Fault(KernelFault.OutOfBounds, "ld.global.f32 %f0, [%p1];", 1, 1, given, (long)other.Bits);
        Assert.Contains("which the launch was not given", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Freed()
    {
        using var bench = new KernelBench();
        var (given, other) = (bench.Tensor(1f), bench.Tensor(1f));
        bench.Driver.Free((nint)given.Bits);
        Assert.Contains("use after free", bench.Fault(KernelFault.OutOfBounds, "ld.global.f32 %f0, [%p0];", 1, 1, given, other), StringComparison.Ordinal);
        Assert.Throws<CudaException>(() => bench.Driver.Free((nint)given.Bits));
        Assert.Throws<CudaException>(() => bench.Driver.CopyToHost((nint)given.Bits, new byte[4]));
    }

    [Theory]
    [InlineData("ld.global.f32 %f0, [%p0 + 2];")]
    [InlineData("ld.global.v4.f32 {%f0, %f1, %f2, %f3}, [%p0 + 8];")]
    [InlineData("ld.global.v2.f32 {%f0, %f1}, [%p0 + 4];")]
    [InlineData("st.shared.b64 [tile + 4], %d0;")]
    [InlineData("st.u16 [%p0 + 1], %h0;")]
    [InlineData("atom.global.add.u64 %d1, [%p0 + 4], 1;")]
    [InlineData("cp.async.cg.shared.global [tile + 8], [%p0], 16;")]
    [InlineData("cp.async.ca.shared.global [tile], [%p0 + 4], 8;")]
    public void Misaligned(string body)
    {
        using var bench = new KernelBench();
        bench.Fault(KernelFault.Misaligned, "mov.u64 %d0, 0;\nmov.u16 %h0, 0;\n" + body, 1, 1, bench.Tensor(new float[16]));
    }

    [Theory]
    [InlineData("ld.global.u32 %r0, [%p0 + 8];", "byte 8 of tensor argument 0")]
    [InlineData("st.global.u8 [%p0 + 9], %t;\nld.global.u32 %r0, [%p0 + 8];", "byte 8 of tensor argument 0")]
    [InlineData("st.global.u16 [%p0 + 8], %t;\nld.u32 %r0, [%p0 + 8];", "byte 10 of tensor argument 0")]
    [InlineData("atom.global.add.u32 %r0, [%p0], 1;", "byte 0 of tensor argument 0")]
    [InlineData("ld.shared.u32 %r0, [tile + 20];", "shared byte 20")]
    [InlineData("st.shared.v2.u32 [tile + 16], {%t, %t};\nld.shared.v4.u32 {%r0, %r1, %r2, %r3}, [tile + 16];", "shared byte 24")]
    [InlineData("red.shared.add.u32 [tile], 1;", "shared byte 0")]
    [InlineData("cp.async.ca.shared.global [tile], [%p0], 4;", "byte 0 of tensor argument 0")]
    [InlineData(".local .b32 x[2];\nst.local.u32 [x], %t;\nld.local.u32 %r0, [x + 4];\nadd.u32 %r0, %r0, 1;", "register %r0")]
    public void NeverWritten(string body, string where)
    {
        using var bench = new KernelBench();
        Assert.Contains(where, bench.Fault(KernelFault.Uninitialised, body, 1, 1, bench.Empty(16)), StringComparison.Ordinal);
    }

    [Fact]
    public void WrittenBytesAreKnownAcrossLaunchesUntilDiscarded()
    {
        using var bench = new KernelBench();
        var tensor = bench.Empty(128);
        bench.Launch(Element + "st.global.u32 [%d1], %t;", 1, 32, tensor);
        bench.Launch(Element + "ld.global.u32 %r0, [%d1];", 1, 32, tensor);
        var copy = bench.Empty(128);
        bench.Driver.Copy((nint)tensor.Bits, (nint)copy.Bits, 64);
        bench.Launch(Element + "ld.global.u32 %r0, [%d1];", 1, 16, copy);
        Assert.Contains("byte 64 of", bench.Fault(KernelFault.Uninitialised, Element + "ld.global.u32 %r0, [%d1];", 1, 32, copy), StringComparison.Ordinal);
        bench.Driver.Discard((nint)tensor.Bits, 128);
        bench.Fault(KernelFault.Uninitialised, Element + "ld.global.u32 %r0, [%d1];", 1, 32, tensor);
    }

    [Fact]
    public void SharedMemoryOfEveryBlockStartsUndefined()
    {
        using var bench = new KernelBench();
        const string Body = "setp.eq.u32 %q0, %b, 0;\n@%q0 st.shared.u32 [tile], %t;\nld.shared.u32 %r0, [tile];";
        bench.Launch(Body, 1, 1);
        Assert.Contains("block (1,0,0)", bench.Fault(KernelFault.Uninitialised, Body, 2, 1), StringComparison.Ordinal);
    }

    [Fact]
    public void ConstAndParametersAreReadOnly()
    {
        using var bench = new KernelBench { Declarations = ".const .align 4 .b32 table[4] = {5, 6, 7, 8};" };
        bench.Launch("ld.const.u32 %r0, [table + 8];\nst.global.u32 [%p0], %r0;", 1, 1, bench.Tensor(0));
        bench.Fault(KernelFault.Forbidden, "mov.u64 %d0, table;\ncvta.const.u64 %d0, %d0;\nst.u32 [%d0], %t;", 1, 1, bench.Tensor(0));
        bench.Fault(KernelFault.Forbidden, "mov.b64 %d0, p0;\ncvta.param.u64 %d0, %d0;\nst.u32 [%d0], %t;", 1, 1, bench.Tensor(0));
    }

    [Theory]
    [InlineData("cp.async.ca.shared.global [tile], [%p0], 16;\nld.shared.u32 %r0, [tile + 4];")]
    [InlineData("cp.async.ca.shared.global [tile], [%p0], 16;\ncp.async.commit_group;\nst.shared.u32 [tile + 4], %t;")]
    [InlineData("cp.async.ca.shared.global [tile], [%p0], 16;\ncp.async.wait_group 0;\nld.shared.u32 %r0, [tile];")]
    [InlineData("cp.async.ca.shared.global [tile], [%p0], 16;\ncp.async.commit_group;\ncp.async.ca.shared.global [tile + 16], [%p0], 16;\ncp.async.commit_group;\n" +
        "cp.async.wait_group 1;\nld.shared.u32 %r0, [tile];\nld.shared.u32 %r0, [tile + 16];")]
    [InlineData("cp.async.ca.shared.global [tile], [%p0], 16;\ncp.async.ca.shared.global [tile + 8], [%p0], 4;")]
    public void CopiesNotWaitedFor(string body)
    {
        using var bench = new KernelBench();
        Assert.Contains("has not been waited for", bench.Fault(KernelFault.AsyncCopy, body, 1, 1, bench.Tensor(1f, 2, 3, 4)), StringComparison.Ordinal);
    }

    [Fact]
    public void TwoLanesCopyToTheSameBytes()
    {
        using var bench = new KernelBench();
        bench.Fault(KernelFault.AsyncCopy, "cp.async.ca.shared.global [tile], [%p0], 16;", 1, 2, bench.Tensor(1f, 2, 3, 4));
    }

    [Fact]
    public void AWaitIsForTheOwnCopiesOnly()
    {
        using var bench = new KernelBench();
        bench.Fault(KernelFault.AsyncCopy, """
            setp.eq.u32 %q0, %t, 0;
            @%q0 cp.async.ca.shared.global [tile], [%p0], 16;
            @!%q0 cp.async.wait_all;
            bar.sync 0;
            ld.shared.u32 %r0, [tile];
            """, 1, 64, bench.Tensor(1f, 2, 3, 4));
    }
}
