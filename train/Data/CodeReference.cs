namespace SiaEngine.Train.Data;

/// <summary>
/// A documentation id such as <c>M:System.Collections.Generic.List`1.Add(`0)</c> (C# specification, annex D.4.2) as a person would write it:
/// <c>List&lt;T&gt;.Add</c>.
/// </summary>
internal static class CodeReference
{
    /// <summary>The readable name: of a type its own name, of a member type and member, of a constructor the type.</summary>
    public static string Readable(string id)
    {
        var path = Path(id);
        if (id.StartsWith("N:", StringComparison.Ordinal)) return path;
        var (scope, name) = SplitLast(path);
        var isType = id.StartsWith("T:", StringComparison.Ordinal) || !id.Contains(':', StringComparison.Ordinal);
        var owner = isType ? "" : Generic(SplitLast(scope).Name);
        if (owner.Length == 0) return Generic(name);
        return name is "#ctor" or "#cctor" ? owner : $"{owner}.{Generic(SplitLast(name.Replace('#', '.')).Name)}";
    }

    /// <summary>The dotted name without kind, parameters and return type.</summary>
    public static string Path(string id)
    {
        var start = id.IndexOf(':', StringComparison.Ordinal) + 1;
        var end = id.AsSpan(start).IndexOfAny('(', '~');
        return end < 0 ? id[start..] : id.Substring(start, end);
    }

    /// <summary>"a.b.c" as ("a.b", "c").</summary>
    public static (string Scope, string Name) SplitLast(string path)
    {
        var dot = path.LastIndexOf('.');
        return dot < 0 ? ("", path) : (path[..dot], path[(dot + 1)..]);
    }

    private static string Generic(string name)
    {
        var tick = name.IndexOf('`', StringComparison.Ordinal);
        if (tick < 0 || !int.TryParse(name.AsSpan(tick).TrimStart('`'), out var count) || count is < 1 or > 32) return name;
        var parameters = count == 1 ? "T" : string.Join(", ", Enumerable.Range(1, count).Select(i => $"T{i}"));
        return $"{name[..tick]}<{parameters}>";
    }
}
