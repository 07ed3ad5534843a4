using System.Globalization;
using System.Text.Json;

namespace SiaEngine.Train;

/// <summary><c>metrics.jsonl</c>: a line per step and per evaluation. Lines written after the checkpoint that is resumed from are dropped.</summary>
public sealed class RunLog : IDisposable
{
    private readonly FileStream _file;
    private readonly MemoryStream _line = new();
    private readonly Utf8JsonWriter _json;

    /// <summary>Opens the log for appending after <paramref name="lastStep"/>.</summary>
    public RunLog(string path, int lastStep)
    {
        Truncate(path, lastStep);
        _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        _json = new Utf8JsonWriter(_line);
    }

    /// <summary>Step of the last evaluation in the log; 0 if there is none.</summary>
    public int LastEvaluation { get; private set; }

    /// <summary>Appends the line of a step.</summary>
    public void Step(int step, long tokens, StepResult result, double rate, double tokensPerSecond, double seconds)
    {
        _json.WriteStartObject();
        _json.WriteNumber("step"u8, step);
        _json.WriteNumber("tokens"u8, tokens);
        _json.WriteNumber("loss"u8, Math.Round(result.Loss, 6));
        _json.WriteNumber("lr"u8, rate);
        _json.WriteNumber("tokens_per_s"u8, Math.Round(tokensPerSecond, 1));
        _json.WriteNumber("grad_norm"u8, Math.Round(result.GradientNorm, 6));
        _json.WriteNumber("seconds"u8, Math.Round(seconds, 3));
        EndLine();
    }

    /// <summary>Appends the line of an evaluation.</summary>
    public void Evaluation(int step, IReadOnlyList<ContextLoss> losses)
    {
        _json.WriteStartObject();
        _json.WriteNumber("step"u8, step);
        _json.WriteStartObject("eval"u8);
        foreach (var loss in losses) _json.WriteNumber(ContextLoss.Key(loss.Context), Math.Round(loss.Mean, 6));
        _json.WriteEndObject();
        EndLine();
        LastEvaluation = step;
    }

    /// <summary>Every step in a log.</summary>
    public static IReadOnlyList<LoggedStep> Curve(string path)
    {
        var curve = new List<LoggedStep>();
        foreach (var line in Lines(path))
            if (Parse(line) is (var step, { } loss, var seconds)) curve.Add(new LoggedStep(step, loss, seconds));
        return curve;
    }

    /// <summary>Every evaluation in a log.</summary>
    public static IReadOnlyList<LoggedEvaluation> Evaluations(string path)
    {
        var evaluations = new List<LoggedEvaluation>();
        foreach (var line in Lines(path))
        {
            if (Parse(line) is not (var step, null, _)) continue;
            using var json = JsonDocument.Parse(line);
            evaluations.Add(new(step, json.RootElement.GetProperty("eval").EnumerateObject().ToDictionary(loss => int.Parse(loss.Name, CultureInfo.InvariantCulture), loss => loss.Value.GetDouble())));
        }

        return evaluations;
    }

    // A comparison's results may have been brought here without the logs of their trainings; those have no curves.
    private static IEnumerable<string> Lines(string path)
    {
        if (!File.Exists(path)) yield break;
        // The log may still be open for writing.
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        while (reader.ReadLine() is { } line) yield return line;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _json.Dispose();
        _line.Dispose();
        _file.Dispose();
    }

    private void Truncate(string path, int lastStep)
    {
        if (!File.Exists(path)) return;
        var kept = new List<string>();
        foreach (var line in File.ReadLines(path))
        {
            if (Parse(line) is not { } entry || entry.Step > lastStep) continue;
            kept.Add(line);
            if (entry.Loss is null) LastEvaluation = entry.Step;
        }

        AtomicText.Write(path, string.Concat(kept.Select(line => line + "\n")));
    }

    /// <summary>Step of a line, with loss and time if it is a step's; null for a line that a crash cut short.</summary>
    private static (int Step, double? Loss, double Seconds)? Parse(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            var step = root.GetProperty("step").GetInt32();
            return root.TryGetProperty("loss", out var loss) ? (step, loss.GetDouble(), root.GetProperty("seconds").GetDouble()) : (step, null, 0);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private void EndLine()
    {
        _json.WriteEndObject();
        _json.Flush();
        _line.WriteByte((byte)'\n');
        _file.Write(_line.GetBuffer(), 0, (int)_line.Length);
        _file.Flush();
        _line.SetLength(0);
        _json.Reset();
    }
}
