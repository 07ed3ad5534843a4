using System.Globalization;

namespace SiaEngine.Cuda;

/// <summary>
/// The comment before an <c>.entry</c> of an expanded PTX file: what the kernel computes, and formulas of its launch, shared memory, traffic and work, which
/// tests compare with the launcher and the simulator's counters.
/// </summary>
/// <remarks>
/// <code>
/// // NAME
/// // computes    what, with formulas
/// // where       N = count, C = columns, T = 64       letters, each bound to parameters of the kernel or to a constant; or none
/// // launch      grid (ceil(N / 256)), block (256): prose
/// // requires    what the launcher guarantees
/// // shared      none | EXPR bytes: layout
/// // registers   32 per thread: prose
/// // traffic     [at most] read EXPR, write EXPR bytes: prose
/// // flops       [at most] EXPR: prose
/// // numerics    how it rounds and in what order
/// // see         where the operation is defined
/// </code>
/// </remarks>
public sealed class KernelHeader
{
    private readonly PtxSource _source;
    private readonly IReadOnlyDictionary<string, (string Text, int Line)> _fields;
    private readonly List<(string Letter, PtxExpression Value)> _where = [];
    private readonly PtxExpression? _shared;

    internal KernelHeader(PtxSource source, string name, int line, IReadOnlyDictionary<string, (string Text, int Line)> fields)
    {
        (_source, Name, Line, _fields) = (source, name, line, fields);
        foreach (var (letter, value) in KernelHeaderText.Bindings(Formula("where"))) _where.Add((letter, Parse("where", value)));
        (Grid, Block) = Launch();
        _shared = Shared();
        Registers = ReadRegisters();
        (Read, Write, TrafficIsBound) = Traffic();
        (Flops, FlopsAreBound) = Work();
    }

    /// <summary>The keys in the order they stand in.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["computes", "where", "launch", "requires", "shared", "registers", "traffic", "flops", "numerics", "see"];

    /// <summary>Name of the kernel.</summary>
    public string Name { get; }

    /// <summary>Line of the name in the expanded text, from 1.</summary>
    public int Line { get; }

    /// <summary>Text of a key, its lines joined by blanks.</summary>
    public string this[string key] => _fields[key].Text;

    /// <summary>Letters of the formulas and what they stand for.</summary>
    public IReadOnlyList<(string Letter, PtxExpression Value)> Where => _where;

    /// <summary>Blocks along x, y, z; one to three formulas.</summary>
    public IReadOnlyList<PtxExpression> Grid { get; }

    /// <summary>Threads along x, y, z; one to three formulas.</summary>
    public IReadOnlyList<PtxExpression> Block { get; }

    /// <summary>Most registers per thread.</summary>
    public int Registers { get; }

    /// <summary>Distinct bytes read.</summary>
    public PtxExpression Read { get; }

    /// <summary>Distinct bytes written.</summary>
    public PtxExpression Write { get; }

    /// <summary>Whether the bytes depend on data, so that the formulas are upper bounds.</summary>
    public bool TrafficIsBound { get; }

    /// <summary>Floating-point operations.</summary>
    public PtxExpression Flops { get; }

    /// <summary>Whether the operations depend on data, so that the formula is an upper bound.</summary>
    public bool FlopsAreBound { get; }

    /// <summary>Headers of all kernels of a file.</summary>
    /// <exception cref="PtxException">A kernel has no header, or it is malformed; the message names file, line and key.</exception>
    public static IReadOnlyDictionary<string, KernelHeader> ReadAll(PtxSource source) => new KernelHeaderText(source).Read();

    /// <summary>The formulas for one launch.</summary>
    /// <param name="parameters">Values of the kernel's parameters by name; those that <c>where</c> does not name may be left out.</param>
    /// <exception cref="PtxException">A formula names something without a value, or extents are not whole numbers.</exception>
    public KernelClaims Evaluate(IReadOnlyDictionary<string, double> parameters)
    {
        var letters = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (letter, value) in _where) letters[letter] = Value("where", value, parameters);
        return new KernelClaims(Extents(Grid, letters), Extents(Block, letters), _shared is null ? 0 : Whole("shared", _shared, letters),
            Value("traffic", Read, letters), Value("traffic", Write, letters), Value("flops", Flops, letters));
    }

    private (long X, long Y, long Z) Extents(IReadOnlyList<PtxExpression> extents, Dictionary<string, double> letters) =>
        (Whole("launch", extents[0], letters), extents.Count > 1 ? Whole("launch", extents[1], letters) : 1, extents.Count > 2 ? Whole("launch", extents[2], letters) : 1);

    private long Whole(string key, PtxExpression formula, Dictionary<string, double> letters)
    {
        var value = Value(key, formula, letters);
        return value >= 0 && value < 1L << 53 && value == Math.Floor(value)
            ? (long)value
            : throw Error(key, $"{formula.Text} is {value.ToString(CultureInfo.InvariantCulture)}, which is not a whole number");
    }

    private double Value(string key, PtxExpression formula, IReadOnlyDictionary<string, double> names)
    {
        try
        {
            return formula.Evaluate(names);
        }
        catch (PtxException e)
        {
            throw Error(key, e.Message);
        }
    }

    private (List<PtxExpression> Grid, List<PtxExpression> Block) Launch()
    {
        var text = Formula("launch");
        var parts = PtxTemplateText.SplitArguments(text);
        if (parts.Count == 2 && KernelHeaderText.Inside(parts[0], "grid") is { } grid && KernelHeaderText.Inside(parts[1], "block") is { } block)
            return (Triple(grid), Triple(block));
        throw Error("launch", $"'{text}' is not understood; grid (EXPR[, EXPR[, EXPR]]), block (EXPR[, EXPR[, EXPR]]): prose is accepted");
    }

    private List<PtxExpression> Triple(string text)
    {
        var extents = new List<PtxExpression>();
        foreach (var part in PtxTemplateText.SplitArguments(text)) extents.Add(Closed("launch", part));
        return extents.Count is 1 or 2 or 3 ? extents : throw Error("launch", $"({text}) has {extents.Count} extents; one to three are accepted");
    }

    private PtxExpression? Shared()
    {
        var text = Formula("shared");
        if (text == "none") return null;
        return text.EndsWith(" bytes", StringComparison.Ordinal)
            ? Closed("shared", text[..^" bytes".Length])
            : throw Error("shared", $"'{text}' is not understood; none or EXPR bytes: layout are accepted");
    }

    private int ReadRegisters()
    {
        var text = Formula("registers");
        return text.EndsWith(" per thread", StringComparison.Ordinal) && int.TryParse(text.AsSpan(0, text.Length - " per thread".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : throw Error("registers", $"'{text}' is not understood; N per thread: prose is accepted");
    }

    private (PtxExpression Read, PtxExpression Write, bool IsBound) Traffic()
    {
        var text = KernelHeaderText.WithoutBound(Formula("traffic"), out var isBound);
        var write = text.IndexOf(", write ", StringComparison.Ordinal);
        if (!text.StartsWith("read ", StringComparison.Ordinal) || write < 0 || !text.EndsWith(" bytes", StringComparison.Ordinal) || text.Length < write + ", write  bytes".Length)
            throw Error("traffic", $"'{text}' is not understood; read EXPR, write EXPR bytes: prose is accepted, with at most before it where data decide");
        return (Closed("traffic", text["read ".Length..write]), Closed("traffic", text[(write + ", write ".Length)..^" bytes".Length]), isBound);
    }

    private (PtxExpression Flops, bool IsBound) Work()
    {
        var text = KernelHeaderText.WithoutBound(Formula("flops"), out var isBound);
        return (Closed("flops", text), isBound);
    }

    private string Formula(string key) => KernelHeaderText.BeforeProse(_fields[key].Text);

    private PtxExpression Closed(string key, string text)
    {
        var formula = Parse(key, text);
        foreach (var name in formula.Names)
            if (!_where.Exists(binding => binding.Letter == name)) throw Error(key, $"'{name}' in '{formula.Text}' is not among the letters of where");
        return formula;
    }

    private PtxExpression Parse(string key, string text)
    {
        try
        {
            return PtxExpression.Parse(text.Trim());
        }
        catch (PtxException e)
        {
            throw Error(key, e.Message);
        }
    }

    private PtxException Error(string key, string what) => new($"{_source.Place(_fields[key].Line)}: {Name}: {key}: {what}");
}
