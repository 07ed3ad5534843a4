using System.Globalization;

namespace SiaEngine.Train.Theory;

/// <summary>A number of the paper beside what was found.</summary>
/// <param name="Section">Where it belongs.</param>
/// <param name="Name">What it is.</param>
/// <param name="Expected">Exact or published value.</param>
/// <param name="Found">Value found.</param>
/// <param name="Error">Standard error of what was found; 0 for closed forms.</param>
/// <param name="Band">Largest difference that counts as agreement.</param>
internal sealed record TheoryCheck(string Section, string Name, double Expected, double Found, double Error, double Band)
{
    /// <summary>Whether the difference lies in the band.</summary>
    public bool Holds => Math.Abs(Found - Expected) <= Band;

    /// <summary>A check of a closed form.</summary>
    public static TheoryCheck Exact(string section, string name, double expected, double found, double band) => new(section, name, expected, found, 0, band);

    /// <summary>A check of an estimate: within four standard errors of both, plus <paramref name="slack"/>.</summary>
    public static TheoryCheck Sampled(string section, string name, double expected, double expectedError, Estimate found, double slack = 0.01) =>
        new(section, name, expected, found.Mean, found.Error, 4 * Math.Sqrt(found.Error * found.Error + expectedError * expectedError) + slack);

    /// <summary>A statement that holds or does not, as 1 or 0.</summary>
    public static TheoryCheck Statement(string section, string name, bool holds) => new(section, name, 1, holds ? 1 : 0, 0, 0);

    /// <summary>A number for people.</summary>
    public static string Number(double value) => value.ToString(Math.Abs(value) >= 100 ? "F2" : "G5", CultureInfo.InvariantCulture);
}
