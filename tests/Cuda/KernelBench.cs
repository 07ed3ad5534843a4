using System.Runtime.InteropServices;
using System.Text;
using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>
/// Runs a few lines of PTX as a kernel: parameters p0, p1, … hold the arguments and are loaded into %p0, %p1, … (64 bits); %t, %w, %l and %b are thread, warp, lane
/// and block; registers %r, %d, %f, %e, %h, %q of 32, 64 bits, f32, f64, 16 bits and predicates are there; tile is shared memory.
/// </summary>
internal sealed class KernelBench : IDisposable
{
    public KernelBench() => Driver.Launched = run => Run = run;

    public SimulatedDriver Driver { get; } = new();

    public KernelRun Run { get; private set; } = null!;

    public int SharedBytes { get; init; } = 4096;

    public string Declarations { get; init; } = "";

    public KernelArg Tensor<T>(params T[] values) where T : unmanaged => Tensor<T>(values, values.Length);

    /// <summary>A tensor that is the first elements of its allocation.</summary>
    public KernelArg Tensor<T>(T[] values, int given) where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values.AsSpan());
        var address = Driver.Allocate((nuint)bytes.Length);
        Driver.CopyToDevice(bytes, address);
        return KernelArg.Memory(address, (nuint)(bytes.Length / values.Length * given));
    }

    public KernelArg Empty(int bytes) => KernelArg.Memory(Driver.Allocate((nuint)bytes), (nuint)bytes);

    public T[] Read<T>(KernelArg tensor) where T : unmanaged
    {
        var bytes = new byte[(int)tensor.Extent];
        Driver.CopyToHost((nint)tensor.Bits, bytes);
        return MemoryMarshal.Cast<byte, T>(bytes).ToArray();
    }

    public void Launch(string body, int blocks, int threads, params KernelArg[] arguments)
    {
        var text = new StringBuilder(".version 8.0\n.target sm_80\n.address_size 64\n").Append(Declarations).Append("\n.visible .entry bench(");
        text.AppendJoin(", ", arguments.Select((a, i) => $".param .u{a.Size * 8} p{i}")).Append(")\n{\n");
        text.Append(".reg .b32 %r<32>, %t, %w, %l, %b;\n.reg .b64 %d<32>, %p<8>;\n.reg .f32 %f<16>;\n.reg .f64 %e<8>;\n.reg .b16 %h<8>;\n.reg .pred %q<8>;\n");
        if (SharedBytes > 0) text.Append($".shared .align 16 .b8 tile[{SharedBytes}];\n");
        text.Append("mov.u32 %t, %tid.x;\nshr.u32 %w, %t, 5;\nand.b32 %l, %t, 31;\nmov.u32 %b, %ctaid.x;\n");
        for (var i = 0; i < arguments.Length; i++) text.Append($"ld.param.u{arguments[i].Size * 8} {(arguments[i].Size == 8 ? "%p" : "%r2")}{i}, [p{i}];\n");
        text.Append(body).Append("\nret;\n}\n");
        var module = Driver.LoadModule(new PtxSource("bench.ptx", text.ToString()));
        Driver.Launch(Driver.GetFunction(module, "bench"), new LaunchShape(blocks, 1, 1, threads), arguments);
    }

    /// <summary>Runs a kernel that must be stopped, under several schedules; returns the message.</summary>
    public string Fault(KernelFault expected, string body, int blocks, int threads, params KernelArg[] arguments)
    {
        var message = "";
        for (var seed = 0; seed < 3; seed++)
        {
            Driver.Schedule = seed == 0 ? Schedule.InOrder : Schedule.Shuffled(seed);
            var stopped = Assert.Throws<CudaException>(() => Launch(body, blocks, threads, arguments));
            var fault = Assert.IsType<KernelFaultException>(stopped.InnerException);
            Assert.True(expected == fault.Fault, fault.Message);
            if (seed == 0) message = fault.Message;
        }

        return message;
    }

    /// <summary>Runs a kernel that must not be stopped, under several schedules.</summary>
    public void Clean(string body, int blocks, int threads, params KernelArg[] arguments)
    {
        for (var seed = 0; seed < 5; seed++)
        {
            Driver.Schedule = seed == 0 ? Schedule.InOrder : Schedule.Shuffled(seed);
            Launch(body, blocks, threads, arguments);
        }
    }

    /// <summary>Program counter of the instruction that starts like this.</summary>
    public int Pc(string instruction)
    {
        for (var pc = 0; pc < Run.Instructions.Count; pc++)
            if (Run.Instructions[pc].ToString().StartsWith(instruction, StringComparison.Ordinal)) return pc;
        throw new ArgumentException(instruction);
    }

    public void Dispose() => Driver.Dispose();
}
