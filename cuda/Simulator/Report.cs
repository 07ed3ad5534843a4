using System.Numerics;
using System.Text;

namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// Words of the checkers: <c>file.ptx:57: st.shared.f32 [%slot], %sum: race on shared byte 12: block (3,0,0) thread (33,0,0) writes, ...</c>.
/// </summary>
internal static unsafe class Report
{
    private const int InstructionLength = 120;

    /// <summary>The exception of a check that failed at <paramref name="step"/>; <paramref name="what"/> says what, with threads as <c>Thread</c> writes them.</summary>
    public static KernelFaultException Fault(KernelFault fault, Warp warp, Step step, string what) =>
        Fault(fault, warp.Launch.Kernel, step, what);

    /// <summary>As above where no warp is at hand.</summary>
    public static KernelFaultException Fault(KernelFault fault, CompiledKernel kernel, Step step, string what) =>
        new(fault, kernel.Name, step.Source.Line,
            $"{kernel.Module.Source.Place(step.Source.Line)}: {Text(kernel.Module.Source, step.Source)}: {what} [kernel {kernel.Name}]");

    /// <summary>The exception of lanes that read a register without a value.</summary>
    public static KernelFaultException Undefined(Warp warp, Step step, int register, uint lanes) =>
        Fault(KernelFault.Uninitialised, warp, step,
            $"{Thread(warp, BitOperations.TrailingZeroCount(lanes & ~warp.Defined[register]))} reads register {warp.Launch.Kernel.RegisterNames[register]}, which holds no value");

    /// <summary>As in <c>block (3,0,0) thread (33,0,0)</c>.</summary>
    public static string Thread(Warp warp, int lane) => Thread(warp.Launch.Shape, warp.Block, warp.Index * 32 + lane);

    /// <summary>As in <c>block (3,0,0) thread (33,0,0)</c>, from linear numbers.</summary>
    public static string Thread(in LaunchShape shape, long block, int thread) =>
        $"block {Block(shape, block)} thread ({thread % shape.BlockX},{thread / shape.BlockX % shape.BlockY},{thread / shape.BlockX / shape.BlockY})";

    /// <summary>As in <c>(3,0,0)</c>.</summary>
    public static string Block(in LaunchShape shape, long block) =>
        $"({block % shape.GridX},{block / shape.GridX % shape.GridY},{block / shape.GridX / shape.GridY})";

    /// <summary>File and line of an instruction, as in <c>rms_norm.ptx:61</c>.</summary>
    public static string Place(CompiledKernel kernel, int pc) => kernel.Module.Source.Place(kernel.Steps[pc].Source.Line);

    /// <summary>Lanes as in <c>0-15, 17</c>.</summary>
    public static string Lanes(uint mask)
    {
        if (mask == 0) return "none";
        var text = new StringBuilder();
        for (var lane = 0; lane < 32; lane++)
        {
            if ((mask >> lane & 1) == 0) continue;
            var last = lane;
            while (last < 31 && (mask >> last + 1 & 1) != 0) last++;
            if (text.Length > 0) text.Append(", ");
            text.Append(lane);
            if (last > lane) text.Append(last == lane + 1 ? ", " : "-").Append(last);
            lane = last;
        }

        return text.ToString();
    }

    /// <summary>The instruction as written, blanks collapsed, with its guard.</summary>
    public static string Text(PtxSource source, Instruction instruction)
    {
        var text = new StringBuilder();
        if (instruction.Guard is { } guard) text.Append('@').Append(instruction.GuardNegated ? "!" : "").Append(guard.Name).Append(' ');
        var start = Offset(source.Text, instruction.Line, instruction.Column);
        if (start < 0) return text.Append(instruction).ToString();
        var blank = false;
        for (var i = start; i < source.Text.Length && source.Text[i] != ';' && text.Length < InstructionLength; i++)
        {
            var c = source.Text[i];
            if (char.IsWhiteSpace(c))
            {
                blank = true;
                continue;
            }

            if (blank) text.Append(' ');
            blank = false;
            text.Append(c);
        }

        return text.ToString();
    }

    private static int Offset(string text, int line, int column)
    {
        var start = 0;
        for (var i = 1; i < line; i++)
        {
            start = text.IndexOf('\n', start) + 1;
            if (start == 0) return -1;
        }

        return start + column - 1 < text.Length ? start + column - 1 : -1;
    }
}
