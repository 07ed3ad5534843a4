using System.Runtime.InteropServices;
using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>One warp outside a grid: compiles single instructions and executes them on registers that the test fills and reads.</summary>
internal sealed unsafe class WarpBench : IDisposable
{
    private readonly StepCompiler _compiler = new(new PtxSource("bench.ptx", ""));
    private readonly Dictionary<string, PtxRegister> _registers = [];
    private readonly MmaNumerics _numerics;
    private Warp? _warp;

    public WarpBench(MmaNumerics numerics = default) => _numerics = numerics;

    public uint Lanes { get; init; } = uint.MaxValue;

    public uint Exited { get; set; }

    /// <summary>The warp; no instruction can be compiled afterwards.</summary>
    public Warp Warp
    {
        get
        {
            if (_warp is not null) return _warp;
            var kernel = new CompiledKernel
            {
                Module = new PtxModule(new PtxSource("bench.ptx", ""), (8, 0), "sm_80", [], new Dictionary<string, PtxFunction>()),
                Function = new PtxFunction { Name = "bench", IsEntry = true, Line = 1, Returns = [], Parameters = [], Registers = [], Variables = [], Instructions = [] },
                Steps = [],
                ParameterOffsets = [],
                ParameterBytes = 0,
                SharedBytes = 0,
                LocalBytes = 0,
                FileBytes = _compiler.FileBytes,
                RegisterNames = [.. _compiler.RegisterNames],
                Constants = [.. _compiler.Constants],
                Specials = [],
                HasGlobalAtomics = false,
                MaySpin = false,
            };
            var launch = new KernelLaunch { Kernel = kernel, Shape = new LaunchShape(1, 1, 1, 32), Memory = new LaunchMemory(new GlobalMemory(), [], false), Numerics = _numerics };
            _warp = new Warp
            {
                File = (byte*)NativeMemory.AlignedAlloc((nuint)_compiler.FileBytes + 64, 64),
                Defined = (uint*)NativeMemory.AllocZeroed((nuint)_compiler.RegisterCount + 1, 4),
                Lanes = Lanes,
                Exited = Exited,
                Launch = launch,
            };
            foreach (var (offset, bits, stride) in _compiler.Constants)
            {
                for (var lane = 0; lane < 32; lane++)
                {
                    if (stride == 8) *(ulong*)(_warp.File + offset + lane * 8) = bits;
                    else *(uint*)(_warp.File + offset + lane * 4) = (uint)bits;
                }
            }

            return _warp;
        }
    }

    /// <summary>An operand that is a register, made on first use.</summary>
    public RegisterOperand Register(string name, PtxType type, string? second = null)
    {
        PtxRegister Named(string n, PtxType t)
        {
            if (!_registers.TryGetValue(n, out var register)) _registers.Add(n, register = new PtxRegister(n, t, _registers.Count));
            return register;
        }

        return new RegisterOperand(Named(name, type), second is null ? null : Named(second, PtxType.Pred));
    }

    /// <summary>A vector of registers name0, name1, …</summary>
    public VectorOperand Vector(string name, PtxType type, int count)
    {
        var elements = new Operand?[count];
        for (var i = 0; i < count; i++) elements[i] = Register($"{name}{i}", type);
        return new VectorOperand(elements);
    }

    public static IntegerOperand Integer(long value) => new((ulong)value);

    public Step Compile(string opcode, params Operand[] operands)
    {
        var words = opcode.Split('.');
        var instruction = new Instruction { Opcode = words[0], Modifiers = words[1..], Operands = operands, Line = 7, Column = 5 };
        var step = Opcodes.Compile(instruction, _compiler);
        step.Place(instruction, 0, null, false, _compiler.TakeReads(), _compiler.TakeWrites(), _compiler.TakeClock());
        return step;
    }

    /// <summary>Fills a register in all lanes.</summary>
    public void Set<T>(string name, Func<int, T> value) where T : unmanaged
    {
        var slot = _compiler.Place(_registers[name]);
        for (var lane = 0; lane < 32; lane++) Warp.Lane<T>(slot, lane) = value(lane);
        Warp.Defined[slot.Index] = uint.MaxValue;
    }

    public void SetPredicate(string name, uint value) => Warp.Predicate(_compiler.Place(_registers[name])) = value;

    public uint Predicate(string name) => Warp.Predicate(_compiler.Place(_registers[name]));

    public T Get<T>(string name, int lane) where T : unmanaged => Warp.Lane<T>(_compiler.Place(_registers[name]), lane);

    public ref uint Defined(string name) => ref Warp.Defined[_compiler.Place(_registers[name]).Index];

    public void Dispose()
    {
        if (_warp is null) return;
        NativeMemory.AlignedFree(_warp.File);
        NativeMemory.Free(_warp.Defined);
    }
}
