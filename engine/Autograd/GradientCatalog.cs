using System.Reflection;

namespace SiaEngine;

/// <summary>Every op of this assembly with its gradient cases, found by type, so that none can be forgotten.</summary>
public static class GradientCatalog
{
    private static readonly MethodInfo Read = typeof(GradientCatalog).GetMethod(nameof(Describe), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>All ops, ordered by id.</summary>
    public static IReadOnlyList<Entry> Ops { get; } = Discover(typeof(IOp).Assembly);

    /// <summary>The op with this id.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists the ids.</exception>
    public static Entry Find(string id)
    {
        foreach (var op in Ops)
            if (op.Id == id) return op;
        throw new ArgumentException($"no op '{id}'; the ops are {string.Join(", ", Ids())}.");
    }

    /// <summary>Ops of any assembly, ordered by id: own ops get the same checks.</summary>
    public static IReadOnlyList<Entry> Discover(Assembly assembly)
    {
        var found = new List<Entry>();
        foreach (var type in assembly.GetTypes())
            if (type.IsValueType && typeof(IOp).IsAssignableFrom(type)) found.Add((Entry)Read.MakeGenericMethod(type).Invoke(null, null)!);
        found.Sort(static (a, b) => string.CompareOrdinal(a.Id, b.Id));
        return found;
    }

    private static Entry Describe<TOp>() where TOp : struct, IOp => new(TOp.Id, TOp.GradientCases);

    private static IEnumerable<string> Ids()
    {
        foreach (var op in Ops) yield return op.Id;
    }

    /// <summary>An op and its gradient cases.</summary>
    public sealed record Entry(string Id, IReadOnlyList<GradientCase> Cases);
}
