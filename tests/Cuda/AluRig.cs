using System.Runtime.InteropServices;
using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>One instruction on one warp with its own register file: operands are given as bits per lane, registers are written before and read after.</summary>
internal sealed class AluRig
{
    private readonly Dictionary<string, PtxRegister> _registers = [];
    private readonly Dictionary<string, ulong[]> _values = [];
    private readonly Dictionary<string, uint> _predicates = [];

    /// <summary>Declares a register and its bits in each lane, repeated if fewer than 32.</summary>
    public AluRig With(string name, PtxType type, params ulong[] lanes)
    {
        Declare(name, type);
        _values[name] = [.. Enumerable.Range(0, 32).Select(i => lanes[i % lanes.Length])];
        return this;
    }

    /// <summary>Declares a predicate.</summary>
    public AluRig WithPredicate(string name, uint lanes)
    {
        Declare(name, PtxType.Pred);
        _predicates[name] = lanes;
        return this;
    }

    /// <summary>Declares a register that the instruction writes.</summary>
    public AluRig Declare(string name, PtxType type)
    {
        _registers[name] = new(name, type, _registers.Count);
        return this;
    }

    /// <summary>A register as operand.</summary>
    public RegisterOperand this[string name] => new(_registers[name]);

    /// <summary>Instruction from text such as <c>add.rn.f32 d, a, b</c>; operands are register names, <c>!p</c>, <c>p|q</c>, integers or <c>{a, b}</c>.</summary>
    public Instruction Parse(string text)
    {
        var space = text.IndexOf(' ');
        var words = text[..space].Split('.');
        var operands = Split(text[(space + 1)..]).Select(Operand).ToList();
        return new() { Opcode = words[0], Modifiers = words[1..], Operands = operands, Line = 1, Column = 1 };
    }

    /// <summary>Compiles and runs one instruction for the lanes of a mask.</summary>
    public Step Run(string text, uint mask = uint.MaxValue) => RunAll(mask, text)[0];

    /// <summary>Compiles and runs instructions one after the other.</summary>
    public unsafe Step[] RunAll(uint mask, params string[] texts)
    {
        var compiler = new StepCompiler(new PtxSource("test.ptx", ""));
        var steps = texts.Select(t =>
        {
            var instruction = Parse(t);
            var step = Opcodes.Compile(instruction, compiler);
            step.Place(instruction, 0, null, false, compiler.TakeReads(), compiler.TakeWrites(), false);
            return step;
        }).ToArray();
        var slots = _registers.ToDictionary(r => r.Key, r => compiler.Place(r.Value));
        var file = (byte*)NativeMemory.AllocZeroed((nuint)compiler.FileBytes + 64);
        var defined = (uint*)NativeMemory.AllocZeroed((nuint)compiler.RegisterCount + 1, 4);
        try
        {
            var warp = new Warp { File = file, Defined = defined };
            foreach (var (offset, bits, stride) in compiler.Constants)
                for (var lane = 0; lane < 32; lane++) Put(file + offset + (lane * stride), bits, stride);
            foreach (var (name, lanes) in _values)
                for (var lane = 0; lane < 32; lane++) Put(file + slots[name].Offset + (lane * slots[name].Stride), lanes[lane], slots[name].Stride);
            foreach (var (name, lanes) in _predicates) warp.Predicate(slots[name]) = lanes;
            foreach (var step in steps) step.Execute(warp, mask);
            foreach (var (name, register) in _registers)
            {
                if (register.Type == PtxType.Pred) _predicates[name] = warp.Predicate(slots[name]);
                else _values[name] = [.. Enumerable.Range(0, 32).Select(lane => Get(file + slots[name].Offset + (lane * slots[name].Stride), register.Type.Size))];
            }

            return steps;
        }
        finally
        {
            NativeMemory.Free(file);
            NativeMemory.Free(defined);
        }
    }

    /// <summary>Bits of a register afterwards, cut to its type's width; of 128 bits the lower half.</summary>
    public ulong[] Bits(string name) => _values[name];

    /// <summary>A predicate afterwards.</summary>
    public uint Predicate(string name) => _predicates[name];

    /// <summary>
    /// Results of an instruction <c>... d, a, b, c</c> for any number of operand tuples, 32 at a time; the last batch runs with a short mask.
    /// </summary>
    public static ulong[] Map(string opcode, PtxType result, params (PtxType Type, ulong[] Values)[] operands)
    {
        var count = operands[0].Values.Length;
        var results = new ulong[count];
        var names = new[] { "a", "b", "c", "e" }[..operands.Length];
        for (var at = 0; at < count; at += 32)
        {
            var lanes = Math.Min(32, count - at);
            var rig = new AluRig().With("d", result, 0x5A5A5A5A5A5A5A5A);
            for (var i = 0; i < operands.Length; i++) rig.With(names[i], operands[i].Type, operands[i].Values[at..(at + lanes)]);
            rig.Run($"{opcode} d, {string.Join(", ", names)}", uint.MaxValue >> (32 - lanes));
            rig.Bits("d").AsSpan(0, lanes).CopyTo(results.AsSpan(at));
            for (var lane = lanes; lane < 32; lane++) Assert.Equal(0x5A5A5A5A5A5A5A5Aul & (ulong.MaxValue >> (64 - (8 * result.Size))), rig.Bits("d")[lane]);
        }

        return results;
    }

    /// <summary>The error an instruction is refused with.</summary>
    public string Refusal(string text)
    {
        try
        {
            Opcodes.Compile(Parse(text), new StepCompiler(new PtxSource("test.ptx", "")));
        }
        catch (PtxException e)
        {
            return e.Message;
        }

        return "";
    }

    private static unsafe void Put(byte* at, ulong bits, int stride)
    {
        if (stride >= 8) *(ulong*)at = bits;
        else *(uint*)at = (uint)bits;
    }

    private static unsafe ulong Get(byte* at, int size) => size switch
    {
        1 => *at,
        2 => *(ushort*)at,
        4 => *(uint*)at,
        _ => *(ulong*)at,
    };

    private static List<string> Split(string text)
    {
        var parts = new List<string>();
        var (depth, start) = (0, 0);
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] == '{') depth++;
            if (i < text.Length && text[i] == '}') depth--;
            if (i < text.Length && (text[i] != ',' || depth > 0)) continue;
            parts.Add(text[start..i].Trim());
            start = i + 1;
        }

        return parts;
    }

    private Operand Operand(string text)
    {
        if (text == "_") return new SinkOperand();
        if (text[0] == '{') return new VectorOperand([.. Split(text[1..^1]).Select(e => e == "_" ? null : Operand(e))]);
        if (text[0] == '!') return new RegisterOperand(_registers[text[1..]], Negated: true);
        if (text.Contains('|')) return new RegisterOperand(_registers[text.Split('|')[0]], _registers[text.Split('|')[1]]);
        if (text.StartsWith("0f", StringComparison.Ordinal)) return new FloatOperand(BitConverter.UInt32BitsToSingle(System.Convert.ToUInt32(text[2..], 16)), 32);
        if (text.StartsWith("0d", StringComparison.Ordinal)) return new FloatOperand(BitConverter.UInt64BitsToDouble(System.Convert.ToUInt64(text[2..], 16)), 64);
        if (char.IsAsciiDigit(text[0]) || text[0] == '-') return new IntegerOperand((ulong)long.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
        return new RegisterOperand(_registers[text]);
    }
}
