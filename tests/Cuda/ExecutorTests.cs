using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>Divergence, loops, calls and jump tables.</summary>
public class ExecutorTests
{
    private static readonly LaunchShape OneBlock = new(1, 1, 1, 64);

    [Fact]
    public void BothSidesOfABranchRunAndMeet()
    {
        KernelRun? run = null;
        var ptx = PtxRun.Kernel($"""
            and.b32 %r2, %r0, 1;
            setp.eq.u32 %p0, %r2, 0;
            @%p0 bra EVEN;
            mul.lo.u32 %r3, %r0, 3;
            bra DONE;
            EVEN:
            mul.lo.u32 %r3, %r0, 5;
            DONE:
            add.u32 %r3, %r3, 1;
            {PtxRun.Store("%r3", "%r0")}
            ret;
            """);
        var result = PtxRun.Run(ptx, OneBlock, 64, d => d.Launched = r => run = r);
        for (var i = 0u; i < 64; i++) Assert.Equal(i * (i % 2 == 0 ? 5u : 3u) + 1, result[i]);
        var branch = At(run!, "bra", 0);
        Assert.Equal(2, run!.Counters.Divergences[branch]);
        Assert.Equal(2, run.Counters.Executions[branch]);
        Assert.Equal(32, run.Counters.ActiveLanes[branch]);
        var join = At(run, "st", 0);
        Assert.Equal(2, run.Counters.Executions[join]);
        Assert.Equal(64, run.Counters.ActiveLanes[join]);
    }

    [Fact]
    public void LanesLeaveALoopApartAndMeetBehindIt()
    {
        KernelRun? run = null;
        var ptx = PtxRun.Kernel($"""
            mov.u32 %r2, 0;
            mov.u32 %r3, 0;
            LOOP:
            setp.ge.u32 %p0, %r2, %r0;
            @%p0 bra DONE;
            add.u32 %r3, %r3, %r2;
            add.u32 %r2, %r2, 1;
            bra LOOP;
            DONE:
            {PtxRun.Store("%r3", "%r0")}
            ret;
            """);
        var result = PtxRun.Run(ptx, OneBlock, 64, d => d.Launched = r => run = r);
        for (var i = 0u; i < 64; i++) Assert.Equal(i * (i - 1) / 2, i == 0 ? 0 : result[i]);
        Assert.Equal(2, run!.Counters.Executions[At(run, "st", 0)]);
        Assert.Equal(31 + 31, run.Counters.Divergences[At(run, "bra", 0)]);
    }

    [Fact]
    public void NestedBranchesAndBreaks()
    {
        var ptx = PtxRun.Kernel($"""
            mov.u32 %r2, 0;
            mov.u32 %r4, 0;
            OUTER:
            setp.ge.u32 %p0, %r2, 4;
            @%p0 bra DONE;
            mov.u32 %r3, 0;
            INNER:
            mad.lo.u32 %r5, %r2, 8, %r3;
            setp.eq.u32 %p1, %r5, %r0;
            @%p1 bra DONE;
            and.b32 %r6, %r3, %r0;
            setp.ne.u32 %p2, %r6, 0;
            @!%p2 bra SKIP;
            add.u32 %r4, %r4, %r3;
            SKIP:
            add.u32 %r3, %r3, 1;
            setp.lt.u32 %p3, %r3, 8;
            @%p3 bra INNER;
            add.u32 %r2, %r2, 1;
            bra OUTER;
            DONE:
            {PtxRun.Store("%r4", "%r0")}
            ret;
            """);
        var result = PtxRun.Run(ptx, OneBlock, 64);
        for (var i = 0u; i < 64; i++)
        {
            var sum = 0u;
            for (var k = 0u; k < Math.Min(i, 32); k++) sum += (k % 8 & i) != 0 ? k % 8 : 0;
            Assert.Equal(sum, result[i]);
        }
    }

    [Fact]
    public void GuardedInstructionsAndEarlyExits()
    {
        var ptx = PtxRun.Kernel($"""
            setp.lt.u32 %p0, %r0, 40;
            @!%p0 exit;
            mov.u32 %r2, 7;
            setp.lt.u32 %p1, %r0, 20;
            @%p1 add.u32 %r2, %r2, %r0;
            {PtxRun.Store("%r2", "%r0")}
            """);
        var result = PtxRun.Run(ptx, OneBlock, 64, fill: 99);
        for (var i = 0u; i < 64; i++) Assert.Equal(i < 20 ? 7 + i : i < 40 ? 7u : 99u, result[i]);
    }

    [Fact]
    public void UniformBranchWhoseLanesDisagree()
    {
        var fault = PtxRun.Fault(PtxRun.Kernel("setp.lt.u32 %p0, %r0, 5; @%p0 bra.uni A; mov.u32 %r2, 1; A: ret;"), OneBlock);
        Assert.Equal(KernelFault.Divergence, fault.Fault);
        Assert.Contains("lanes 0-4 of warp 0", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".reg .b32 result", ".reg .b32 a, .reg .b32 b", "mul.lo.u32 result, a, b;", false)]
    [InlineData(".param .b32 result", ".param .b32 a, .param .b32 b", "ld.param.u32 %x, [a]; ld.param.u32 %y, [b]; mul.lo.u32 %x, %x, %y; st.param.b32 [result], %x;", true)]
    public void CallsHaveTheirOwnRegisters(string returns, string parameters, string body, bool memory)
    {
        var function = $".func ({returns}) product({parameters})\n{{ .reg .b32 %x, %y, %r2; .reg .pred %p0; mov.u32 %r2, 1000; {body} ret; }}\n";
        var call = memory
            ? "{ .param .b32 p0; .param .b32 p1; .param .b32 p2; st.param.b32 [p0], %r0; st.param.b32 [p1], %r2; call.uni (p2), product, (p0, p1); ld.param.b32 %r3, [p2]; }"
            : "call (%r3), product, (%r0, %r2);";
        var ptx = PtxRun.Kernel($"mov.u32 %r2, 6; {call} {call.Replace("%r0", "%r3", StringComparison.Ordinal)} add.u32 %r3, %r3, %r2; {PtxRun.Store("%r3", "%r0")} ret;", function);
        var result = PtxRun.Run(ptx, OneBlock, 64);
        for (var i = 0u; i < 64; i++) Assert.Equal(i * 36 + 6, result[i]);
    }

    [Fact]
    public void GuardedCallWithReturnsInTheMiddle()
    {
        const string Function = ".func (.reg .b32 y) clip(.reg .b32 x)\n{ .reg .pred %p0; setp.gt.u32 %p0, x, 10; mov.u32 y, x; @!%p0 ret; mov.u32 y, 10; ret; }\n";
        var ptx = PtxRun.Kernel($"mov.u32 %r3, 77; setp.lt.u32 %p0, %r0, 50; @%p0 call (%r3), clip, (%r0); {PtxRun.Store("%r3", "%r0")} ret;", Function);
        var result = PtxRun.Run(ptx, OneBlock, 64);
        for (var i = 0u; i < 64; i++) Assert.Equal(i < 50 ? Math.Min(i, 10) : 77u, result[i]);
    }

    [Fact]
    public void RecursionIsRefused()
    {
        const string Function = ".func f(.reg .b32 x)\n{ call f, (x); ret; }\n";
        var e = Assert.Throws<PtxException>(() => PtxRun.Run(PtxRun.Kernel("call f, (%r0); ret;", Function), OneBlock, 64));
        Assert.Contains("test.ptx:5:", e.Message, StringComparison.Ordinal);
        Assert.Contains("f calls itself", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("call g, (%r0); ret;", ".extern .func g(.reg .b32 x);\n", "function g is declared but has no body")]
    [InlineData("call f, (%r0, %r0); ret;", ".func f(.reg .b32 x)\n{ ret; }\n", "f returns 0 and takes 1 values; the call has 0 and 2")]
    [InlineData("ret;", "", "more than 1048576 bytes of shared memory", ".shared .b32 big[1000000];")]
    [InlineData("mov.u64 %d1, big; ret;", "", "more than 524288 bytes of local memory", ".local .b32 big[1000000];")]
    [InlineData("mov.u32 %r2, %pm0; ret;", "", "special register %pm0 is not known")]
    public void KernelsThatCannotBeCompiled(string body, string outside, string message, string registers = "")
    {
        var e = Assert.Throws<PtxException>(() => PtxRun.Run(PtxRun.Kernel(body, outside, registers), OneBlock, 64));
        Assert.Matches(@"^test\.ptx:\d+:\d+: ", e.Message);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void JumpTable()
    {
        var ptx = PtxRun.Kernel($"""
            rem.u32 %r2, %r0, 3;
            TARGETS: .branchtargets A, B, C;
            brx.idx %r2, TARGETS;
            A: mov.u32 %r3, 10; bra DONE;
            B: mov.u32 %r3, 20; bra DONE;
            C: mov.u32 %r3, 30;
            DONE:
            {PtxRun.Store("%r3", "%r0")}
            ret;
            """);
        var result = PtxRun.Run(ptx, OneBlock, 64);
        for (var i = 0u; i < 64; i++) Assert.Equal(i % 3 * 10 + 10, result[i]);
    }

    [Fact]
    public void SpecialRegistersOfAThreeDimensionalGrid()
    {
        var ptx = PtxRun.Kernel($"""
            mov.u32 %r2, %tid.y; mov.u32 %r3, %tid.z; mov.u32 %r4, %ntid.x; mov.u32 %r5, %ntid.y; mov.u32 %r6, %ntid.z;
            mad.lo.u32 %r7, %r3, %r5, %r2;
            mad.lo.u32 %r7, %r7, %r4, %r0;
            mov.u32 %r8, %ctaid.y; mov.u32 %r9, %ctaid.z; mov.u32 %r10, %nctaid.x; mov.u32 %r11, %nctaid.y;
            mad.lo.u32 %r12, %r9, %r11, %r8;
            mad.lo.u32 %r12, %r12, %r10, %r1;
            mul.lo.u32 %r13, %r4, %r5;
            mul.lo.u32 %r13, %r13, %r6;
            mad.lo.u32 %r12, %r12, %r13, %r7;
            mov.u32 %r14, %laneid;
            {PtxRun.Store("%r14", "%r12")}
            ret;
            """);
        var result = PtxRun.Run(ptx, new LaunchShape(2, 3, 2, 5, 3, 4), 2 * 3 * 2 * 60, fill: 99);
        for (var i = 0u; i < result.Length; i++) Assert.Equal(i % 60 % 32, result[i]);
    }

    [Fact]
    public void RegisterThatWasNeverWritten()
    {
        var fault = PtxRun.Fault(PtxRun.Kernel($"setp.lt.u32 %p0, %r0, 33; @%p0 mov.u32 %r2, 1; add.u32 %r3, %r2, 1; {PtxRun.Store("%r3", "%r0")} ret;"), OneBlock);
        Assert.Equal(KernelFault.Uninitialised, fault.Fault);
        Assert.Contains("add.u32 %r3, %r2, 1: block (0,0,0) thread (33,0,0) reads register %r2", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PredicateThatWasNeverWritten()
    {
        var fault = PtxRun.Fault(PtxRun.Kernel("@%p0 bra A; mov.u32 %r2, 1; A: ret;"), OneBlock);
        Assert.Equal(KernelFault.Uninitialised, fault.Fault);
        Assert.Contains("register %p0", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TrapStopsTheKernel()
    {
        var fault = PtxRun.Fault(PtxRun.Kernel("setp.eq.u32 %p0, %r0, 37; @%p0 trap; ret;"), OneBlock);
        Assert.Equal(KernelFault.Trap, fault.Fault);
        Assert.Contains("@%p0 trap: block (0,0,0) thread (37,0,0)", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EndlessLoopsStopAtTheLimit()
    {
        var fault = PtxRun.Fault(PtxRun.Kernel("A: bra A;"), new LaunchShape(8, 1, 1, 64), setup: static d => d.InstructionLimit = 50_000);
        Assert.Equal(KernelFault.InstructionLimit, fault.Fault);
        Assert.Contains("50000 warp instructions", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownInstructionsFailWhereTheyStand()
    {
        var e = Assert.Throws<PtxException>(() => PtxRun.Run(PtxRun.Kernel("ret;\nfrobnicate.u32 %r2, %r0;"), OneBlock, 64));
        Assert.Matches(@"^test\.ptx:\d+:1: instruction 'frobnicate\.u32' is not known", e.Message);
    }

    private static int At(KernelRun run, string opcode, int number)
    {
        for (var pc = 0; pc < run.Instructions.Count; pc++)
            if (run.Instructions[pc].Opcode == opcode && number-- == 0) return pc;
        throw new InvalidOperationException(opcode);
    }
}
