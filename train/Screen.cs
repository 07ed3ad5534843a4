using System.Text.Json;
using Spectre.Console;

namespace SiaEngine.Train;

/// <summary>Where a command writes: human lines to standard output, or with <c>--json</c> machine lines alone; errors to standard error.</summary>
public sealed class Screen
{
    private readonly TextWriter _output, _error;
    private readonly bool _interactive;
    private readonly IAnsiConsole _console;
    private int _progressWidth;
    private DateTime _nextPlainProgress = DateTime.MinValue;

    /// <summary>A screen; <paramref name="interactive"/> when a person watches a terminal.</summary>
    public Screen(TextWriter output, TextWriter error, bool interactive)
    {
        (_output, _error, _interactive) = (output, error, interactive);
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = interactive ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = interactive ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        if (!interactive) _console.Profile.Width = 200;
    }

    /// <summary>Whether human output is off.</summary>
    public bool Quiet { get; set; }

    /// <summary>Whether machine output replaces human output.</summary>
    public bool Json { get; set; }

    /// <summary>A line for people.</summary>
    public void Line(string text = "")
    {
        if (Quiet || Json) return;
        EndProgress();
        _output.WriteLine(text);
    }

    /// <summary>Text for people without a line end, for streaming.</summary>
    public void Write(string text)
    {
        if (Quiet || Json) return;
        _output.Write(text);
        _output.Flush();
    }

    /// <summary>A table for people.</summary>
    public void Table(Table table)
    {
        if (Quiet || Json) return;
        EndProgress();
        _console.Write(table);
    }

    /// <summary>An object on a line of its own for machines.</summary>
    public void JsonLine(object value)
    {
        if (Json) _output.WriteLine(JsonSerializer.Serialize(value, JsonLines));
    }

    /// <summary>A line that is the command's result, with and without <c>--json</c>.</summary>
    public void Result(string text)
    {
        EndProgress();
        _output.WriteLine(text);
    }

    /// <summary>A passing state: on a terminal the last line is rewritten, elsewhere a line appears every ten seconds.</summary>
    public void Progress(string text)
    {
        if (Quiet || Json) return;
        if (_interactive)
        {
            _output.Write('\r' + text.PadRight(_progressWidth));
            _progressWidth = text.Length;
        }
        else if (DateTime.UtcNow >= _nextPlainProgress)
        {
            _nextPlainProgress = DateTime.UtcNow.AddSeconds(10);
            _output.WriteLine(text);
        }
    }

    /// <summary>A line about what went wrong.</summary>
    public void Error(string text)
    {
        EndProgress();
        _error.WriteLine(text);
    }

    private static JsonSerializerOptions JsonLines { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private void EndProgress()
    {
        if (_progressWidth == 0) return;
        _output.Write('\r' + new string(' ', _progressWidth) + '\r');
        _progressWidth = 0;
    }
}
