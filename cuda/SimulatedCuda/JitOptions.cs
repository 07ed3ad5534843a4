using System.Globalization;
using System.Text;

namespace SiaEngine.SimulatedCuda;

/// <summary>The options of <c>cuModuleLoadDataEx</c>: log buffers, which are filled, and sizes, which are written back.</summary>
/// <param name="count">Number of options.</param>
/// <param name="options">Options.</param>
/// <param name="values">Their values; numbers stand in the pointers.</param>
internal sealed unsafe class JitOptions(uint count, int* options, void** values)
{
    private const int WallTime = 2;
    private const int InfoLog = 3;
    private const int InfoLogBytes = 4;
    private const int ErrorLog = 5;
    private const int ErrorLogBytes = 6;

    /// <summary>Writes the logs; the error log in the words of the driver's assembler, with the line.</summary>
    public void Write(string info, string error)
    {
        Log(InfoLog, InfoLogBytes, info);
        Log(ErrorLog, ErrorLogBytes, error);
        if (Find(WallTime) is var time and >= 0) *(float*)&values[time] = 0;
    }

    /// <summary>An error of the reader or compiler of PTX as the driver's assembler would print it: <c>ptxas application ptx input, line 7; error   : …</c></summary>
    public static string Format(PtxException failure, string source)
    {
        var (message, line) = (failure.Message, 0);
        if (message.StartsWith($"{source}:", StringComparison.Ordinal))
        {
            var rest = message.AsSpan(source.Length + 1);
            var colon = rest.IndexOf(':');
            if (colon > 0 && int.TryParse(rest[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out line))
            {
                rest = rest[(colon + 1)..];
                var column = rest.IndexOf(": ");
                message = rest[(column < 0 ? 0 : column + 2)..].ToString();
            }
        }

        return $"ptxas application ptx input, line {line}; error   : {message}\nptxas fatal   : Ptx assembly aborted due to errors\n";
    }

    private void Log(int buffer, int bytes, string text)
    {
        var (at, size) = (Find(buffer), Find(bytes));
        if (at < 0 || size < 0 || values[at] is null) return;
        var room = (int)Math.Min((nuint)values[size], int.MaxValue);
        if (room <= 0) return;
        var encoded = Encoding.UTF8.GetBytes(text);
        var length = Math.Min(encoded.Length, room - 1);
        var target = new Span<byte>(values[at], room);
        encoded.AsSpan(0, length).CopyTo(target);
        target[length] = 0;
        values[size] = (void*)(nuint)(length > 0 ? length + 1 : 0);
    }

    private int Find(int option)
    {
        for (var i = 0; i < count; i++)
            if (options[i] == option) return i;
        return -1;
    }
}
