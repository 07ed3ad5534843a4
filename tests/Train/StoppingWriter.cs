namespace SiaEngine.Tests.Train;

/// <summary>Output that presses Ctrl-C when a line with a certain text is written.</summary>
internal sealed class StoppingWriter(string text, CancellationTokenSource stop) : StringWriter
{
    public override void WriteLine(string? value)
    {
        base.WriteLine(value);
        if (value?.Contains(text, StringComparison.Ordinal) == true) stop.Cancel();
    }
}
