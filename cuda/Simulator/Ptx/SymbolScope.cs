namespace SiaEngine.Cuda.Simulator;

/// <summary>Names declared between two braces, or in the module: registers, vectors of registers, variables, labels.</summary>
internal sealed class SymbolScope(SymbolScope? outer)
{
    private const int MostSuggestionLength = 64;

    private readonly Dictionary<string, object> _symbols = new(StringComparer.Ordinal);

    /// <summary>The scope around this one.</summary>
    public SymbolScope? Outer { get; } = outer;

    /// <summary>Whether the name was free.</summary>
    public bool TryAdd(string name, object symbol) => _symbols.TryAdd(name, symbol);

    /// <summary>What the name means here, or null.</summary>
    public object? Find(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
            if (scope._symbols.TryGetValue(name, out var symbol)) return symbol;
        return null;
    }

    /// <summary>The name of a symbol of the given kind that resembles <paramref name="name"/>, as <c>; did you mean '%sum'?</c>, or nothing.</summary>
    public string Suggest(string name, Func<object, bool> kind, IEnumerable<string> more)
    {
        if (name.Length > MostSuggestionLength) return "";
        var (best, bestDistance) = ("", Math.Min(3, name.Length / 2 + 1));
        void Try(string candidate)
        {
            if (Math.Abs(candidate.Length - name.Length) >= bestDistance || Distance(name, candidate) is var distance && distance >= bestDistance) return;
            (best, bestDistance) = (candidate, Distance(name, candidate));
        }
        for (var scope = this; scope is not null; scope = scope.Outer)
            foreach (var (candidate, symbol) in scope._symbols)
                if (kind(symbol)) Try(candidate);
        foreach (var candidate in more) Try(candidate);
        return best.Length == 0 ? "" : $"; did you mean '{best}'?";
    }

    private static int Distance(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replace = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replace, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
