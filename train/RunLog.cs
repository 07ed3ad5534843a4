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

    /// <summary>Appends the line of a step.</summary>
    public void Step(int step, long tokens, StepResult result, double rate, double tokensPerSecond, double seconds)
    {
        _json.WriteStartObject();
        _json.WriteNumber("step"u8, step);
        _json.WriteNumber("tokens"u8, tokens);
        _json.WriteNumber("loss"u8, Round(result.Loss, 6));
        _json.WriteNumber("lr"u8, rate);
        _json.WriteNumber("tokens_per_s"u8, Round(tokensPerSecond, 1));
        _json.WriteNumber("grad_norm"u8, Round(result.GradientNorm, 6));
        _json.WriteNumber("seconds"u8, Round(seconds, 3));
        EndLine();
    }

    /// <summary>Appends the line of an evaluation.</summary>
    public void Evaluation(int step, IReadOnlyList<ContextLoss> losses)
    {
        _json.WriteStartObject();
        _json.WriteNumber("step"u8, step);
        _json.WriteStartObject("eval"u8);
        foreach (var loss in losses) _json.WriteNumber(ContextLoss.Key(loss.Context), Round(loss.Mean, 6));
        _json.WriteEndObject();
        EndLine();
    }

    /// <summary>Step and loss of every step in a log.</summary>
    public static IReadOnlyList<(int Step, double Loss)> Curve(string path)
    {
        var curve = new List<(int, double)>();
        // The log may still be open for writing.
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        while (reader.ReadLine() is { } line)
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.TryGetProperty("loss", out var loss)) curve.Add((json.RootElement.GetProperty("step").GetInt32(), loss.GetDouble()));
        }

        return curve;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _json.Dispose();
        _line.Dispose();
        _file.Dispose();
    }

    private static double Round(double value, int digits) => double.IsFinite(value) ? Math.Round(value, digits) : throw new InvalidOperationException($"the loss is {value}: training has diverged");

    private static void Truncate(string path, int lastStep)
    {
        if (!File.Exists(path)) return;
        var kept = File.ReadLines(path).Where(line => StepOf(line) is { } step && step <= lastStep).ToArray();
        File.WriteAllLines(path, kept);
    }

    private static int? StepOf(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.GetProperty("step").GetInt32();
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
