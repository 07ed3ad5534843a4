using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>
/// One mma.sync on matrices: writes A, B and C into the registers that the formulas of PTX ISA 8.4, section 9.7.13.4 name (groupID = lane / 4, threadID_in_group =
/// lane mod 4), executes it and reads D back. Values are rounded to their types on the way in.
/// </summary>
internal sealed class Mma : IDisposable
{
    private readonly string _shape, _input, _result;

    public Mma(string shape, string input, string result, MmaNumerics numerics, bool saturate = false)
    {
        (_shape, _input, _result) = (shape, input, result);
        M = shape.StartsWith("m16", StringComparison.Ordinal) ? 16 : 8;
        K = int.Parse(shape.AsSpan(shape.IndexOf('k', StringComparison.Ordinal) + 1), System.Globalization.CultureInfo.InvariantCulture);
        (A, B, C, D) = (new double[M, K], new double[K, 8], new double[M, 8], new double[M, 8]);
        Bench = new WarpBench(numerics);
        var (word, sum) = (input == "f64" ? PtxType.F64 : PtxType.B32, PtxTypes.Parse(result == "f16" ? "b32" : result));
        var sums = M * 8 / 32 / (result == "f16" ? 2 : 1);
        Step = Bench.Compile($"mma.sync.aligned.{shape}.row.col{(saturate ? ".satfinite" : "")}.{result}.{input}.{input}.{result}", Bench.Vector("d", sum, sums),
            Bench.Vector("a", word, M * K / 32 / PerRegister), Bench.Vector("b", word, K * 8 / 32 / PerRegister), Bench.Vector("c", sum, sums));
    }

    public WarpBench Bench { get; }

    public Step Step { get; }

    public int M { get; }

    public int K { get; }

    public double[,] A { get; }

    public double[,] B { get; }

    public double[,] C { get; }

    public double[,] D { get; }

    private int PerRegister => _input switch { "f16" or "bf16" => 2, "s8" or "u8" => 4, _ => 1 };

    /// <summary>Fills A, B and C with values of their types.</summary>
    public void Fill(Func<double> next)
    {
        foreach (var (matrix, type) in new[] { (A, _input), (B, _input), (C, _result) })
            for (var i = 0; i < matrix.GetLength(0); i++)
                for (var j = 0; j < matrix.GetLength(1); j++) matrix[i, j] = Value(Bits(next() * (type is "s8" or "u8" or "s32" ? 30 : 1), type), type);
    }

    public void Run()
    {
        Write("a", A, AElement);
        Write("b", B, BElement);
        Write("c", C, CElement);
        Step.Execute(Bench.Warp, uint.MaxValue);
        for (var lane = 0; lane < 32; lane++)
        {
            for (var i = 0; i < M * 8 / 32; i++)
            {
                var (row, column) = CElement(lane, i);
                D[row, column] = Value(Raw(lane, i), _result);
            }
        }
    }

    /// <summary>Bits of an element of D.</summary>
    public ulong Bits(int row, int column)
    {
        for (var lane = 0; lane < 32; lane++)
            for (var i = 0; i < M * 8 / 32; i++)
                if (CElement(lane, i) == (row, column)) return Raw(lane, i);
        throw new ArgumentException("no such element");
    }

    public void Dispose() => Bench.Dispose();

    private (int Row, int Column) AElement(int lane, int i)
    {
        int groupId = lane >> 2, thread = lane % 4;
        return (_shape, _input) switch
        {
            ("m16n8k8", "f16" or "bf16") => (i is 0 or 1 ? groupId : groupId + 8, thread * 2 + (i & 1)),
            ("m16n8k16", "f16" or "bf16") => (i is 0 or 1 or 4 or 5 ? groupId : groupId + 8, thread * 2 + (i & 1) + (i >= 4 ? 8 : 0)),
            ("m16n8k4", _) => (i == 0 ? groupId : groupId + 8, thread),
            ("m16n8k8", _) => (i is 0 or 2 ? groupId : groupId + 8, i is 0 or 1 ? thread : thread + 4),
            ("m8n8k4", _) => (groupId, thread),
            ("m8n8k16", _) => (groupId, thread * 4 + i),
            ("m16n8k16", _) => (i < 4 ? groupId : groupId + 8, thread * 4 + (i & 3)),
            _ => (i < 4 || i is >= 8 and < 12 ? groupId : groupId + 8, thread * 4 + (i & 3) + (i < 8 ? 0 : 16)),
        };
    }

    private (int Row, int Column) BElement(int lane, int i)
    {
        int groupId = lane >> 2, thread = lane % 4;
        return (_shape, _input) switch
        {
            ("m16n8k8", "f16" or "bf16") => (thread * 2 + i, groupId),
            ("m16n8k16", "f16" or "bf16") => (i < 2 ? thread * 2 + (i & 1) : thread * 2 + (i & 1) + 8, groupId),
            ("m16n8k4", _) => (thread, groupId),
            ("m16n8k8", _) => (i == 0 ? thread : thread + 4, groupId),
            ("m8n8k4", _) => (thread, groupId),
            ("m8n8k16" or "m16n8k16", _) => (thread * 4 + i, groupId),
            _ => (i < 4 ? thread * 4 + (i & 3) : thread * 4 + (i & 3) + 16, groupId),
        };
    }

    private (int Row, int Column) CElement(int lane, int i) => (i < 2 ? lane >> 2 : (lane >> 2) + 8, lane % 4 * 2 + (i & 1));

    private void Write(string name, double[,] matrix, Func<int, int, (int Row, int Column)> element)
    {
        var type = name == "c" ? _result : _input;
        var each = type switch { "f16" or "bf16" => 2, "s8" or "u8" => 4, _ => 1 };
        for (var r = 0; r < matrix.Length / 32 / each; r++)
        {
            ulong Word(int lane)
            {
                ulong word = 0;
                for (var i = 0; i < each; i++)
                {
                    var (row, column) = element(lane, r * each + i);
                    word |= Bits(matrix[row, column], type) << (i * (32 / each));
                }

                return word;
            }

            if (type == "f64") Bench.Set($"{name}{r}", Word);
            else Bench.Set($"{name}{r}", lane => (uint)Word(lane));
        }
    }

    private ulong Raw(int lane, int i) => _result switch
    {
        "f64" => Bench.Get<ulong>($"d{i}", lane),
        "f16" => Bench.Get<uint>($"d{i / 2}", lane) >> (16 * (i & 1)) & 0xffff,
        _ => Bench.Get<uint>($"d{i}", lane),
    };

    private static ulong Bits(double value, string type) => type switch
    {
        "f16" => BitConverter.HalfToUInt16Bits((Half)value),
        "bf16" => ((BFloat16)value).Bits,
        "tf32" => BitConverter.SingleToUInt32Bits((float)value) & 0xffffe000,
        "f32" => BitConverter.SingleToUInt32Bits((float)value),
        "f64" => BitConverter.DoubleToUInt64Bits(value),
        "s8" => (byte)(sbyte)value,
        "u8" => (byte)Math.Abs(value),
        _ => (uint)(int)value,
    };

    private static double Value(ulong bits, string type) => type switch
    {
        "f16" => (double)BitConverter.UInt16BitsToHalf((ushort)bits),
        "bf16" => (float)new BFloat16((ushort)bits),
        "tf32" or "f32" => BitConverter.UInt32BitsToSingle((uint)bits),
        "f64" => BitConverter.UInt64BitsToDouble(bits),
        "s8" => (sbyte)bits,
        "u8" => (byte)bits,
        _ => (int)bits,
    };
}
