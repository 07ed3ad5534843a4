using System.Runtime.InteropServices;
using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>Runs one kernel of a small PTX text over an array of 32-bit words.</summary>
internal static class PtxRun
{
    public const string Header = ".version 7.8\n.target sm_80\n.address_size 64\n";

    /// <summary>Kernel <c>k(out)</c> with registers %r0-15, %d0-7, %f0-7, %p0-7; %d0 is the address of out, %r0 the thread, %r1 the block.</summary>
    public static string Kernel(string body, string outside = "", string registers = "") => Header + outside + $$"""
        .visible .entry k(.param .u64 out)
        {
            .reg .b32 %r<16>;
            .reg .b64 %d<8>;
            .reg .f32 %f<8>;
            .reg .pred %p<8>;
            {{registers}}
            ld.param.u64 %d0, [out];
            mov.u32 %r0, %tid.x;
            mov.u32 %r1, %ctaid.x;
        {{body}}
        }
        """;

    /// <summary>Stores %r{value} at out[index register].</summary>
    public static string Store(string value, string index) => $"mad.wide.u32 %d7, {index}, 4, %d0; st.global.u32 [%d7], {value};";

    /// <summary>Runs kernel k; out is filled with <paramref name="fill"/> first.</summary>
    public static uint[] Run(string ptx, LaunchShape shape, int words, Action<SimulatedDriver>? setup = null, uint fill = 0, params ReadOnlySpan<KernelArg> more)
    {
        using var driver = new SimulatedDriver();
        setup?.Invoke(driver);
        var function = driver.GetFunction(driver.LoadModule(new PtxSource("test.ptx", ptx)), "k");
        var bytes = (nuint)words * 4;
        var address = driver.Allocate(bytes);
        var values = new uint[words];
        Array.Fill(values, fill);
        driver.CopyToDevice(MemoryMarshal.AsBytes<uint>(values), address);
        driver.Launch(function, shape, [KernelArg.Memory(address, bytes), .. more]);
        driver.CopyToHost(address, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <summary>The fault a launch of kernel k ends with.</summary>
    public static KernelFaultException Fault(string ptx, LaunchShape shape, int words = 1024, Action<SimulatedDriver>? setup = null)
    {
        var e = Assert.Throws<CudaException>(() => Run(ptx, shape, words, setup));
        var fault = Assert.IsType<KernelFaultException>(e.InnerException);
        Assert.Equal(fault.Message, e.Message);
        return fault;
    }
}
