namespace SiaEngine.Train.Needle;

/// <summary>
/// City names of the needles. Distinct draws give every needle a city of its own. Colliding draws take each city independently from a list of 100 entries that holds
/// 69 names, 43 once, 21 twice and 5 three times: 3.4% of the needles then share their city with another of the same prompt, and may be answered either way.
/// </summary>
internal static class Cities
{
    private const int Once = 43, Twice = 21;

    /// <summary>All names, one word each.</summary>
    public static readonly string[] Names =
    [
        "Paris", "London", "Berlin", "Madrid", "Rome", "Vienna", "Prague", "Warsaw", "Athens", "Lisbon", "Dublin", "Oslo", "Helsinki", "Stockholm", "Copenhagen", "Brussels", "Amsterdam",
        "Budapest", "Bucharest", "Sofia", "Zagreb", "Belgrade", "Riga", "Vilnius", "Tallinn", "Kyiv", "Geneva", "Munich", "Hamburg", "Milan", "Naples", "Seville", "Porto", "Lyon", "Marseille",
        "Bristol", "Glasgow", "Boston", "Chicago", "Denver", "Seattle", "Houston", "Dallas", "Toronto", "Montreal", "Vancouver", "Havana", "Lima", "Bogota", "Quito", "Santiago", "Caracas", "Brasilia",
        "Cairo", "Tunis", "Nairobi", "Lagos", "Accra", "Dakar", "Tokyo", "Osaka", "Seoul", "Beijing", "Shanghai", "Bangkok", "Hanoi", "Manila", "Jakarta", "Sydney",
    ];

    /// <summary>Entries of the colliding list: index into <see cref="Names"/>.</summary>
    private static readonly int[] Entries = [.. Enumerable.Range(0, Names.Length).SelectMany(name => Enumerable.Repeat(name, name < Once ? 1 : name < Once + Twice ? 2 : 3))];

    /// <summary>Cities of one prompt, from the random numbers at <paramref name="index"/> and after.</summary>
    public static string[] Draw(Philox random, ulong index, int count, bool colliding)
    {
        if (colliding) return [.. Enumerable.Range(0, count).Select(k => Names[Entries[random.Below(index + (ulong)k, Entries.Length)]])];
        var left = Names.ToList();
        var drawn = new string[count];
        for (var k = 0; k < count; k++)
        {
            var at = (int)random.Below(index + (ulong)k, left.Count);
            drawn[k] = left[at];
            left.RemoveAt(at);
        }

        return drawn;
    }
}
