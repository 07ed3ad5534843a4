using SiaEngine.Cpu;
using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>Grids, schedules, launch checks and counters.</summary>
public class ExecutorGridTests
{
    // 64 words, each the number of turns a thread takes in a loop of data-dependent length.
    private static readonly string Collatz = PtxRun.Kernel($"""
        mad.lo.u32 %r2, %r1, 32, %r0;
        add.u32 %r3, %r2, 1;
        mov.u32 %r4, 0;
        LOOP:
        setp.le.u32 %p0, %r3, 1;
        @%p0 bra DONE;
        add.u32 %r4, %r4, 1;
        and.b32 %r5, %r3, 1;
        setp.eq.u32 %p1, %r5, 0;
        @%p1 bra EVEN;
        mad.lo.u32 %r3, %r3, 3, 1;
        bra LOOP;
        EVEN:
        shr.u32 %r3, %r3, 1;
        bra LOOP;
        DONE:
        {PtxRun.Store("%r4", "%r2")}
        ret;
        """);

    [Fact]
    public void EveryScheduleGivesTheSameResult()
    {
        var shape = new LaunchShape(8, 1, 1, 32);
        var expected = new uint[256];
        for (var i = 0u; i < 256; i++)
            for (var n = i + 1; n > 1; n = n % 2 == 0 ? n / 2 : 3 * n + 1) expected[i]++;
        Assert.Equal(expected, PtxRun.Run(Collatz, shape, 256));
        for (var seed = 1; seed < 6; seed++) Assert.Equal(expected, PtxRun.Run(Collatz, shape, 256, d => d.Schedule = Schedule.Shuffled(seed)));
    }

    [Fact]
    public void CountersAndResultsDoNotDependOnHostThreads()
    {
        var shape = new LaunchShape(32, 1, 1, 32);
        var threads = RowParallel.Threads;
        var runs = new List<KernelRun>();
        try
        {
            foreach (var count in (int[])[1, 2, 3])
            {
                RowParallel.Threads = count;
                PtxRun.Run(Collatz, shape, 1024, d => d.Launched = runs.Add);
            }
        }
        finally
        {
            RowParallel.Threads = threads;
        }

        Assert.Equal(3, runs.Count);
        foreach (var run in runs)
        {
            Assert.Equal(runs[0].Counters.Executions, run.Counters.Executions);
            Assert.Equal(runs[0].Counters.ActiveLanes, run.Counters.ActiveLanes);
            Assert.Equal(runs[0].Counters.GlobalSectors, run.Counters.GlobalSectors);
            Assert.Equal(4096, run.DistinctBytesWritten);
        }
    }

    [Theory]
    [InlineData("mov.u64 %r2, 5;")]
    [InlineData("add.u64 %r2, %d0, 1;")]
    [InlineData("mov.u32 %r2, %p0;")]
    [InlineData("ld.global.u64 %r2, [%d0];")]
    [InlineData("cvt.f64.u32 %r2, %r0;")]
    public void OperandsOfTheWrongSizeAreRefused(string body) =>
        Assert.Throws<PtxException>(() => PtxRun.Run(PtxRun.Kernel(body + " ret;"), new LaunchShape(1, 1, 1, 32), 64));

    [Fact]
    public void EarliestBlockIsReported()
    {
        var ptx = PtxRun.Kernel("setp.lt.u32 %p0, %r1, 20; @%p0 ret; trap;");
        for (var i = 0; i < 5; i++)
            Assert.Contains("block (20,0,0)", PtxRun.Fault(ptx, new LaunchShape(64, 1, 1, 32)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void SpinLocksMakeProgress(int seed)
    {
        // Every thread of every block takes the lock at out[0] and adds 1 to out[1].
        var ptx = PtxRun.Kernel("""
            AGAIN:
            atom.global.acquire.gpu.cas.b32 %r2, [%d0], 0, 1;
            setp.ne.u32 %p0, %r2, 0;
            @%p0 bra AGAIN;
            ld.relaxed.gpu.global.u32 %r3, [%d0+4];
            add.u32 %r3, %r3, 1;
            st.relaxed.gpu.global.u32 [%d0+4], %r3;
            atom.global.release.gpu.exch.b32 %r2, [%d0], 0;
            ret;
            """);
        Assert.Equal(6 * 40u, PtxRun.Run(ptx, new LaunchShape(6, 1, 1, 40), 2, d => d.Schedule = seed == 0 ? Schedule.InOrder : Schedule.Shuffled(seed))[1]);
    }

    [Fact]
    public void BlocksMeetAtABarrierOfTheGrid()
    {
        // Thread 0 of each of 132 blocks counts itself in and waits for the others.
        var ptx = PtxRun.Kernel("""
            red.release.gpu.global.add.u32 [%d0], 1;
            WAIT:
            ld.acquire.gpu.global.u32 %r2, [%d0];
            setp.lt.u32 %p0, %r2, 132;
            @%p0 bra WAIT;
            ret;
            """);
        Assert.Equal(132u, PtxRun.Run(ptx, new LaunchShape(132, 1, 1, 1), 1)[0]);
    }

    [Fact]
    public void ModuleVariables()
    {
        const string Outside = ".global .align 4 .u32 counter = 41;\n.const .align 4 .b32 table[4] = {3, 1, 4, 1};\n.global .align 8 .u64 where = counter;\n";
        var ptx = PtxRun.Kernel($"""
            ld.global.u64 %d1, [where];
            ld.global.u32 %r2, [%d1];
            mov.u64 %d2, table;
            ld.const.u32 %r3, [%d2+8];
            add.u32 %r2, %r2, %r3;
            {PtxRun.Store("%r2", "%r0")}
            ret;
            """, Outside);
        Assert.Equal(45u, PtxRun.Run(ptx, new LaunchShape(1, 1, 1, 1), 1)[0]);
    }

    [Fact]
    public void DynamicSharedMemoryLiesBehindTheStaticOne()
    {
        var ptx = PtxRun.Kernel($"""
            mov.u64 %d1, dynamic;
            mov.u64 %d2, fixed;
            sub.u64 %d3, %d1, %d2;
            cvt.u32.u64 %r2, %d3;
            mov.u32 %r3, %dynamic_smem_size;
            st.shared.u32 [%d1+60], %r3;
            ld.shared.u32 %r4, [dynamic+60];
            add.u32 %r2, %r2, %r4;
            {PtxRun.Store("%r2", "%r0")}
            ret;
            """, ".extern .shared .align 16 .b8 dynamic[];\n", ".shared .align 4 .b8 fixed[20];");
        Assert.Equal(32u + 64, PtxRun.Run(ptx, new LaunchShape(1, 1, 1, 1, SharedBytes: 64), 1)[0]);
    }

    [Fact]
    public void ArgumentsThatDoNotFit()
    {
        const string Ptx = PtxRun.Header + ".visible .entry k(.param .u64 out, .param .u32 count, .param .f32 scale)\n{ ret; }\n";
        var shape = new LaunchShape(1, 1, 1, 32);
        var number = Assert.Throws<CudaException>(() => PtxRun.Run(Ptx, shape, 1, more: [3]));
        Assert.Equal("k takes 3 arguments, got 2: .u64 out, .u32 count, .f32 scale", number.Message);
        var size = Assert.Throws<CudaException>(() => PtxRun.Run(Ptx, shape, 1, more: [3L, 1f]));
        Assert.Equal("k: argument 1, count, has 4 bytes, got 8: .u64 out, .u32 count, .f32 scale", size.Message);
        PtxRun.Run(Ptx, shape, 1, more: [3, 1f]);
    }

    [Theory]
    [InlineData(1, 2048, 0, "1024 threads")]
    [InlineData(0, 32, 0, "at least 1")]
    [InlineData(1, 32, 49153, "SetDynamicShared")]
    [InlineData(1, 64, 0, "requires block (32, 1, 1)")]
    public void ShapesThatAreRefused(int grid, int block, int shared, string message)
    {
        const string Ptx = PtxRun.Header + ".visible .entry k(.param .u64 out) .reqntid 32\n{ ret; }\n";
        var e = Assert.Throws<CudaException>(() => PtxRun.Run(Ptx, new LaunchShape(grid, 1, 1, block, SharedBytes: shared), 1));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DriverIsUsableAfterAFault()
    {
        using var driver = new SimulatedDriver();
        var module = driver.LoadModule(new PtxSource("test.ptx", PtxRun.Header + ".entry bad() { trap; }\n.entry good() { ret; }\n"));
        Assert.Throws<CudaException>(() => driver.Launch(driver.GetFunction(module, "bad"), new LaunchShape(4, 1, 1, 64), []));
        driver.Launch(driver.GetFunction(module, "good"), new LaunchShape(4, 1, 1, 64), []);
        var missing = Assert.Throws<PtxException>(() => driver.GetFunction(module, "ugly"));
        Assert.Equal("test.ptx: no kernel 'ugly'; there are bad, good", missing.Message);
    }

    [Fact]
    public void NewerPtxThanTheDevice()
    {
        using var driver = new SimulatedDriver(GpuModel.A100);
        Assert.Throws<PtxException>(() => driver.LoadModule(new PtxSource("test.ptx", ".version 8.0\n.target sm_90\n.address_size 64\n.entry k() { ret; }\n")));
    }

    [Fact]
    public void ProbeRecordsTheAddressesOfOneWarp()
    {
        var probe = new Probe(block: 1, warp: 1, executions: 1);
        var ptx = PtxRun.Kernel($"mad.lo.u32 %r2, %r1, 64, %r0; {PtxRun.Store("%r2", "%r2")} ret;");
        PtxRun.Run(ptx, new LaunchShape(2, 1, 1, 64), 128, d => d.Probe = probe);
        var access = Assert.Single(probe.Accesses, a => a.Space != StateSpace.Parameter);
        Assert.Equal(StateSpace.Global, access.Space);
        Assert.True(access.Write);
        Assert.Equal(4, access.Bytes);
        Assert.Equal(uint.MaxValue, access.Mask);
        for (var lane = 1; lane < 32; lane++) Assert.Equal(access.Addresses[0] + 4UL * (ulong)lane, access.Addresses[lane]);
    }

    [Theory]
    [InlineData("sm_80", 32, 0, 256, 8, 1.0, "warps")]
    [InlineData("sm_80", 128, 0, 256, 2, 0.25, "registers")]
    [InlineData("sm_90", 32, 100 << 10, 256, 2, 0.25, "shared memory")]
    [InlineData("sm_86", 16, 0, 32, 16, 16 / 48.0, "blocks")]
    public void OccupancyOfKnownCases(string architecture, int registers, int shared, int threads, int blocks, double fraction, string limit)
    {
        var occupancy = GpuModel.Find(architecture).Occupancy(registers, shared, threads);
        Assert.Equal(blocks, occupancy.Blocks);
        Assert.Equal(fraction, occupancy.Fraction, 6);
        Assert.Equal(limit, occupancy.Limit);
    }
}
