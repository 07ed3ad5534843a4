using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace SiaEngine.Train.Commands;

/// <summary>Makes options whose errors name the option and what it takes.</summary>
internal static class Options
{
    /// <summary>A whole number of at least <paramref name="least"/>.</summary>
    public static Option<int> Whole(string name, string description, int least, int? standard = null) => Number(name, description, AtLeast(least),
        text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least ? value : null, standard);

    /// <summary>A whole number of at least <paramref name="least"/>, 64 bits.</summary>
    public static Option<long> Long(string name, string description, long least, long? standard = null) => Number(name, description, AtLeast(least),
        text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least ? value : null, standard);

    /// <summary>A real number in a range.</summary>
    public static Option<double> Real(string name, string description, double least, double most, double? standard = null) => Number(name, description,
        double.IsPositiveInfinity(most) ? string.Create(CultureInfo.InvariantCulture, $"a number of at least {least}") : string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"),
        text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value : null, standard);

    /// <summary>One of some words.</summary>
    public static Option<string> Choice(string name, string description, string? standard, params string[] words) => Make(name, description,
        text => words.Contains(text) ? (text, null) : ("", $"{name} takes one of {string.Join(", ", words)}, not '{text}'"), standard is null ? null : () => standard);

    /// <summary>Whole numbers of at least 1, separated by commas.</summary>
    public static Option<int[]> Wholes(string name, string description) => Make<int[]>(name, description, text =>
    {
        var values = Array.ConvertAll(text.Split(','), static part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0);
        return values.Min() > 0 ? (values, null) : (values, $"{name} takes whole numbers of at least 1 separated by commas, not '{text}'");
    }, null);

    /// <summary>Whether the option stands on the command line.</summary>
    public static bool Given(this ParseResult parsed, Option option) => parsed.GetResult(option) is OptionResult { Implicit: false };

    /// <summary>The contexts given on the command line, or those of a configuration; an option that is left out reads as an empty list.</summary>
    public static IReadOnlyList<int> Contexts(this ParseResult parsed, Option<int[]> option, RunConfig config) => parsed.Given(option) ? parsed.GetValue(option)! : config.Contexts;

    private static string AtLeast(long least) => string.Create(CultureInfo.InvariantCulture, $"a whole number of at least {least}");

    private static Option<T> Number<T>(string name, string description, string takes, Func<string, T?> parse, T? standard) where T : struct =>
        Make<T>(name, description, text => parse(text) is { } value ? (value, null) : (default, $"{name} takes {takes}, not '{text}'"), standard is { } value ? () => value : null);

    private static Option<T> Make<T>(string name, string description, Func<string, (T Value, string? Error)> parse, Func<T>? standard)
    {
        var option = new Option<T>(name)
        {
            Description = description,
            CustomParser = result =>
            {
                var (value, error) = parse(result.Tokens.Count == 1 ? result.Tokens[0].Value : "");
                if (error is not null) result.AddError(error);
                return value;
            },
        };
        if (standard is not null) option.DefaultValueFactory = _ => standard();
        return option;
    }
}
