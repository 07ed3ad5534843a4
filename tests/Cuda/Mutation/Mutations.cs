using System.Globalization;
using System.Text.RegularExpressions;
using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda.Mutation;

/// <summary>
/// All mutants of a kernel. Of an instruction that a template unrolls, the first and the last copy are changed; of barriers and waits every copy.
/// </summary>
internal static partial class Mutations
{
    private const string AllLanes = "0xffffffff";

    /// <summary>Comparisons that differ where the operands are equal, or in everything.</summary>
    private static readonly string[][] Comparisons =
        [["lt", "le"], ["gt", "ge"], ["eq", "ne"], ["lo", "ls"], ["hi", "hs"], ["ltu", "leu"], ["gtu", "geu"], ["equ", "neu"], ["num", "nan"]];

    /// <summary>The mutants of an entry, whose text alone is in <paramref name="source"/>.</summary>
    public static List<Mutant> Of(PtxSource source, PtxFunction entry)
    {
        var starts = new List<int> { 0 };
        for (var i = 0; i < source.Text.Length; i++)
            if (source.Text[i] == '\n') starts.Add(i + 1);
        var all = new List<(Mutant Mutant, string Group)>();
        foreach (var instruction in entry.Instructions)
        {
            var opcodeAt = starts[instruction.Line - 1] + instruction.Column - 1;
            var start = instruction.Guard is null ? opcodeAt : source.Text.LastIndexOf('@', opcodeAt);
            var end = source.Text.IndexOf(';', opcodeAt) + 1;
            var body = source.Text[opcodeAt..(end - 1)];
            var blank = body.AsSpan().IndexOfAny(' ', '\t', '\n');
            var opcode = blank < 0 ? body : body[..blank];
            var guard = source.Text[start..opcodeAt].Trim();
            var operands = blank < 0 ? [] : Split(body[blank..]);
            var original = Blanks().Replace($"{guard} {body}", " ").Trim();
            var group = $"{source.FileLine(instruction.Line)} {Digits().Replace(original, "#")}";
            foreach (var (rule, replacement) in Changes(instruction, guard, opcode, operands))
                all.Add((new Mutant(rule, instruction.Line, instruction.Column, original, replacement, start, end), $"{group} {rule}"));
        }

        var chosen = new List<Mutant>();
        foreach (var group in all.GroupBy(m => m.Group))
        {
            var members = group.Select(m => m.Mutant).ToList();
            if (members[0].Family is "barrier" or "wait") chosen.AddRange(members);
            else
            {
                chosen.Add(members[0]);
                if (members.Count > 1) chosen.Add(members[^1]);
            }
        }

        return chosen;
    }

    private static IEnumerable<(string Rule, string Replacement)> Changes(Instruction instruction, string guard, string opcode, List<string> operands) =>
        [.. Ordering(instruction, guard, opcode, operands), .. Exchange(instruction, guard, opcode, operands), .. Memory(instruction, guard, opcode, operands),
            .. Predicates(instruction, guard, opcode, operands), .. Arithmetic(instruction, guard, opcode, operands)];

    /// <summary>Barriers, waits and fences.</summary>
    private static IEnumerable<(string, string)> Ordering(Instruction instruction, string guard, string opcode, List<string> operands)
    {
        switch (instruction.Opcode)
        {
            case "bar" or "barrier" when instruction.Has("warp"):
                yield return ("barrier: removed", "");
                break;
            case "bar" or "barrier":
                yield return ("barrier: removed", "");
                yield return ("barrier: of the warp only", Text(guard, "bar.warp.sync", [AllLanes]));
                break;
            case "membar" or "fence":
                yield return ("barrier: removed", "");
                break;
            case "cp" when instruction.Has("wait_group"):
                yield return ("wait: removed", "");
                yield return ("wait: one group fewer", Text(guard, opcode, [More(operands[0], 1)]));
                break;
            case "cp" when instruction.Has("wait_all") || instruction.Has("commit_group"):
                yield return ("wait: removed", "");
                break;
        }
    }

    /// <summary>Masks and distances of warp instructions, and the layout of matrices.</summary>
    private static IEnumerable<(string, string)> Exchange(Instruction instruction, string guard, string opcode, List<string> operands)
    {
        if (instruction.Opcode is "shfl" or "vote" or "match" or "redux" or "activemask" && operands.Count > 1 && IsInteger(operands[^1]))
            yield return ("mask: without lane 31", Text(guard, opcode, [.. operands[..^1], "0x7fffffff"]));
        if (instruction.Opcode == "shfl")
        {
            if (IsInteger(operands[2])) yield return ("mask: other distance", Text(guard, opcode, [.. operands[..2], Value(operands[2]) > 1 ? Number(Value(operands[2]) / 2) : "2", .. operands[3..]]));
            if (instruction.Has("bfly")) yield return ("mask: down instead of butterfly", Text(guard, opcode.Replace(".bfly", ".down", StringComparison.Ordinal), operands));
        }

        if (instruction.Opcode == "ldmatrix")
        {
            if (instruction.Has("trans")) yield return ("trans: dropped", Text(guard, opcode.Replace(".trans", "", StringComparison.Ordinal), operands));
            else yield return ("trans: added", Text(guard, opcode.Replace(".shared", ".trans.shared", StringComparison.Ordinal), operands));
        }

        if (instruction.Opcode == "mma") yield return ("drop: product", "");
    }

    /// <summary>Offsets of addresses, stores and initial values.</summary>
    private static IEnumerable<(string, string)> Memory(Instruction instruction, string guard, string opcode, List<string> operands)
    {
        if (instruction.Opcode is "st" or "red" or "stmatrix") yield return ("drop: store", "");
        if (instruction.Opcode is "cp" && instruction.Has("async") && operands.Count > 1) yield return ("drop: copy", "");
        if (instruction.Opcode is "mov" && operands.Count == 2 && instruction.Operands[1] is IntegerOperand or FloatOperand) yield return ("init: skipped", "");
        if (!instruction.Has("param"))
        {
            for (var i = 0; i < operands.Count && i < instruction.Operands.Count; i++)
            {
                if (instruction.Operands[i] is not AddressOperand) continue;
                var size = instruction.Types.Count > 0 ? instruction.Types[^1].Size : 16;
                var width = instruction.Has("v4") ? 4 : instruction.Has("v2") ? 2 : 1;
                yield return ("index: next element", Shifted(i, size));
                yield return ("index: previous element", Shifted(i, -size));
                if (width > 1) yield return ("index: next vector", Shifted(i, size * width));
            }
        }

        if (instruction.Opcode == "mov" && instruction.Operands.Count == 2 && instruction.Operands[1] is SpecialRegisterOperand special)
        {
            var other = special.Name[^1] switch { 'x' => 'y', 'y' => 'x', 'z' => 'x', _ => '\0' };
            if (other != '\0' && special.Name[^2] == '.') yield return ("index: other axis", Text(guard, opcode, [operands[0], special.Name[..^1] + other]));
        }

        string Shifted(int at, int bytes) => Text(guard, opcode, [.. operands[..at], $"{operands[at].TrimEnd(']', ' ')} {(bytes < 0 ? "-" : "+")} {Math.Abs(bytes)}]", .. operands[(at + 1)..]]);
    }

    /// <summary>Comparisons and guards.</summary>
    private static IEnumerable<(string, string)> Predicates(Instruction instruction, string guard, string opcode, List<string> operands)
    {
        if (guard.Length > 0)
        {
            var flipped = instruction.GuardNegated ? "@" + guard[(guard.IndexOf('!', StringComparison.Ordinal) + 1)..] : "@!" + guard[1..];
            yield return ("guard: flipped", Text(flipped, opcode, operands));
            yield return ("guard: always", Text("", opcode, operands));
        }

        if (instruction.Opcode is "setp" or "set")
        {
            var parts = opcode.Split('.');
            if (Array.Find(Comparisons, pair => pair.Contains(parts[1])) is { } pair)
                yield return ("guard: other comparison", Text(guard, string.Join('.', [parts[0], pair[0] == parts[1] ? pair[1] : pair[0], .. parts[2..]]), operands));
        }

        if (instruction.Opcode == "selp") yield return ("guard: choice exchanged", Text(guard, opcode, [operands[0], operands[2], operands[1], operands[3]]));
    }

    /// <summary>Signs, operators and constants.</summary>
    private static IEnumerable<(string, string)> Arithmetic(Instruction instruction, string guard, string opcode, List<string> operands)
    {
        switch (instruction.Opcode)
        {
            case "add" or "sub" when operands.Count == 3 && instruction.Modifiers[0] != "cc" && !instruction.Has("bf16x2") && operands[2] != "0":
                yield return ("sign: of the second operand", Text(guard, Renamed(instruction.Opcode == "add" ? "sub" : "add"), operands));
                break;
            case "fma" when instruction.Types is [PtxType.F32 or PtxType.F64]:
                var type = instruction.Types[0] == PtxType.F32 ? "f32" : "f64";
                yield return ("sign: of the product", $"{{ .reg .{type} %negated; {Text(guard, $"neg.{type}", ["%negated", operands[1]])} {Text(guard, opcode, [operands[0], "%negated", .. operands[2..]])} }}");
                break;
            case "mul" when instruction.Types is [PtxType.F32 or PtxType.F64]:
                yield return ("sign: sum for a product", Text(guard, opcode.Replace("mul", "add", StringComparison.Ordinal).Replace(".ftz", "", StringComparison.Ordinal), operands));
                break;
            case "neg":
                yield return ("sign: not negated", Text(guard, opcode.Replace("neg", "mov", StringComparison.Ordinal), operands));
                break;
            case "min" or "max" when !instruction.Has("bf16x2"):
                yield return ("sign: min and max exchanged", Text(guard, Renamed(instruction.Opcode == "min" ? "max" : "min"), operands));
                break;
        }

        if (instruction.Opcode is not ("add" or "sub" or "mul" or "mad" or "shl" or "shr" or "and" or "or" or "xor" or "div" or "rem" or "min" or "max" or "setp")) yield break;
        for (var i = 1; i < operands.Count && i < instruction.Operands.Count; i++)
        {
            if (instruction.Operands[i] is not IntegerOperand { Bits: var bits } || !IsInteger(operands[i])) continue;
            if (instruction.Opcode == "and" && (bits & (bits + 1)) == 0) yield return ("mask: one bit fewer", Text(guard, opcode, [.. operands[..i], Number((long)(bits >> 1)), .. operands[(i + 1)..]]));
            else yield return ("index: constant + 1", Text(guard, opcode, [.. operands[..i], More(operands[i], 1), .. operands[(i + 1)..]]));
        }

        string Renamed(string name) => name + opcode[instruction.Opcode.Length..];
    }

    private static string Text(string guard, string opcode, IEnumerable<string> operands) => $"{guard}{(guard.Length > 0 ? " " : "")}{opcode} {string.Join(", ", operands)};";

    /// <summary>Operands, split at commas outside brackets.</summary>
    private static List<string> Split(string text)
    {
        var parts = new List<string>();
        var (depth, start) = (0, 0);
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] is '{' or '[' or '(') depth++;
            if (i < text.Length && text[i] is '}' or ']' or ')') depth--;
            if (i < text.Length && (text[i] != ',' || depth > 0)) continue;
            if (text[start..i].Trim() is { Length: > 0 } part) parts.Add(part);
            start = i + 1;
        }

        return parts;
    }

    private static bool IsInteger(string text) => long.TryParse(text, CultureInfo.InvariantCulture, out _) || text.StartsWith("0x", StringComparison.Ordinal);

    private static long Value(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal) ? long.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) : long.Parse(text, CultureInfo.InvariantCulture);

    private static string More(string text, long by) => Number(Value(text) + by);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"(0x)?[0-9a-fA-F]*[0-9][0-9a-fA-F]*")]
    private static partial Regex Digits();
}
