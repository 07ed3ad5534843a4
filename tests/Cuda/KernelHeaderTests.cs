using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>Headers of kernels: their form, their formulas, and that every kernel of the library has one that fits its text.</summary>
public class KernelHeaderTests
{
    private const string Good = """
        // k
        // computes    y = x
        //             on two lines
        // where       N = count, C = columns, T = 8 * 8
        // launch      grid (ceil(N / T), C), block (T): prose, with a comma: and a colon
        // requires    nothing
        // shared      4*T + 8 bytes: layout
        // registers   32 per thread: prose
        // traffic     at most read 4*N + max(N, C), write 4*C bytes: prose, write more bytes
        // flops       N > 3 ? 2*N : 1: prose
        // numerics    exact
        // see         nothing
        .visible .entry k(.param .u64 x, .param .u32 count, .param .u32 columns)
        """;

    public static TheoryData<string> Names => [.. PtxLibrary.Names];

    private static IReadOnlyDictionary<string, KernelHeader> Read(string text) => KernelHeader.ReadAll(new PtxSource("t.ptx", text));

    [Fact]
    public void ReadsAllKeys()
    {
        var header = Read("// of the file\n" + Good)["k"];
        Assert.Equal(("k", 2, 32), (header.Name, header.Line, header.Registers));
        Assert.Equal("y = x on two lines", header["computes"]);
        Assert.Equal(["N", "C", "T"], header.Where.Select(w => w.Letter));
        Assert.True(header.TrafficIsBound);
        Assert.False(header.FlopsAreBound);
    }

    [Fact]
    public void EvaluatesItsFormulas()
    {
        var claims = Read(Good)["k"].Evaluate(new Dictionary<string, double> { ["count"] = 100, ["columns"] = 3, ["x"] = 12345 });
        Assert.Equal(new KernelClaims((2, 3, 1), (64, 1, 1), 264, 500, 12, 200), claims);
    }

    [Theory]
    [InlineData("// k\n", "", "t.ptx:12: k: has no header; a comment whose first line is '// k' is expected right before it")]
    [InlineData("// k\n", "// q\n", "t.ptx:13: k: has no header; a comment whose first line is '// k' is expected right before it")]
    [InlineData("// see         nothing\n", "", "t.ptx:1: k: the header has no 'see'; the keys are computes, where, launch, requires, shared, registers, traffic, flops, numerics, see, in this order")]
    [InlineData("// requires    nothing\n", "", "t.ptx:6: k: the header has 'shared' where 'requires' is expected")]
    [InlineData("// see         nothing", "// see         nothing\n// also        this", "t.ptx:13: k: the header has 'also' where it should end")]
    [InlineData("//             on two", "//   on two", "t.ptx:3: k: the header line '//   on two lines' is neither '// key' nor continued behind 12 blanks")]
    [InlineData("// numerics    exact", "// numerics", "t.ptx:11: k: numerics is empty")]
    [InlineData("grid (ceil(N / T), C)", "grid ceil(N / T)", "t.ptx:5: k: launch: 'grid ceil(N / T), block (T)' is not understood; grid (EXPR[, EXPR[, EXPR]]), block (EXPR[, EXPR[, EXPR]]): prose is accepted")]
    [InlineData("(ceil(N / T), C)", "(1, 1, 1, 1)", "t.ptx:5: k: launch: (1, 1, 1, 1) has 4 extents; one to three are accepted")]
    [InlineData("block (T)", "block (M)", "t.ptx:5: k: launch: 'M' in 'M' is not among the letters of where")]
    [InlineData("4*T + 8 bytes", "4*T + 8", "t.ptx:7: k: shared: '4*T + 8' is not understood; none or EXPR bytes: layout are accepted")]
    [InlineData("32 per thread", "32", "t.ptx:8: k: registers: '32' is not understood; N per thread: prose is accepted")]
    [InlineData("read 4*N + max(N, C), ", "read 4*N and ", "t.ptx:9: k: traffic: 'read 4*N and write 4*C bytes' is not understood; read EXPR, write EXPR bytes: prose is accepted, with at most before it where data decide")]
    [InlineData("N > 3 ? 2*N : 1", "2*", "t.ptx:10: k: flops: expression '2*' ends where a number or name is expected")]
    [InlineData("N = count", "N", "t.ptx:4: k: where: expression '' ends where a number or name is expected")]
    public void RefusesWithLineAndKey(string text, string replacement, string message)
    {
        Assert.Contains(text, Good, StringComparison.Ordinal);
        Assert.Equal(message, Assert.Throws<PtxException>(() => Read(Good.Replace(text, replacement, StringComparison.Ordinal))).Message);
    }

    [Fact]
    public void EvaluationNeedsEveryParameterAndWholeExtents()
    {
        var header = Read(Good)["k"];
        Assert.Equal("t.ptx:4: k: where: 'columns' in 'columns' has no value; names with values are count",
            Assert.Throws<PtxException>(() => header.Evaluate(new Dictionary<string, double> { ["count"] = 1 })).Message);
        Assert.Equal("t.ptx:5: k: launch: C is 1.5, which is not a whole number",
            Assert.Throws<PtxException>(() => header.Evaluate(new Dictionary<string, double> { ["count"] = 1, ["columns"] = 1.5 })).Message);
    }

    [Theory, MemberData(nameof(Names))]
    public void EveryKernelOfTheLibraryHasAHeaderThatFits(string name)
    {
        var source = PtxLibrary.Load(name);
        var module = Parser.Parse(source);
        var headers = KernelHeader.ReadAll(source);
        Assert.Equal(module.Functions.Values.Where(f => f.IsEntry).Select(f => f.Name).Order(StringComparer.Ordinal), headers.Keys.Order(StringComparer.Ordinal));
        foreach (var header in headers.Values)
        {
            var function = module.Functions[header.Name];
            var numbers = function.Parameters.Where(p => p.Count == 1 && p.Type is not PtxType.B8 and not PtxType.B16).Select(p => p.Name).ToHashSet();
            var values = new Dictionary<string, double>();
            foreach (var (letter, value) in header.Where)
                foreach (var used in value.Names)
                {
                    Assert.True(numbers.Contains(used), $"{name}.ptx: {header.Name}: where {letter} = {value.Text}: {used} is not a parameter that is a number");
                    values[used] = 1024;
                }
            var (bytes, isDynamic) = SharedMemory(module, function);
            if (!isDynamic) Assert.Equal((header.Name, bytes), (header.Name, header.Evaluate(values).SharedBytes));
            else Assert.NotEqual("none", header["shared"]);
        }
    }

    // Bytes of the shared variables a kernel declares or names, laid out in order, and whether dynamic memory is among them.
    private static (long Bytes, bool IsDynamic) SharedMemory(PtxModule module, PtxFunction function)
    {
        var named = new HashSet<PtxVariable>();
        void Name(Operand? operand)
        {
            switch (operand)
            {
                case VariableOperand v: named.Add(v.Variable); break;
                case AddressOperand a: Name(a.Base); break;
                case VectorOperand v: foreach (var element in v.Elements) Name(element); break;
            }
        }
        foreach (var instruction in function.Instructions)
            foreach (var operand in instruction.Operands) Name(operand);
        var shared = module.Variables.Where(named.Contains).Concat(function.Variables).Where(v => v.Space == StateSpace.Shared).ToList();
        var bytes = 0L;
        foreach (var variable in shared) bytes = (bytes + variable.Alignment - 1) / variable.Alignment * variable.Alignment + variable.Bytes;
        return (bytes, shared.Exists(v => v.IsDynamic));
    }
}
