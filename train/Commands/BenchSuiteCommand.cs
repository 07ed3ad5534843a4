using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SiaEngine.Train.Commands;

/// <summary><c>sia bench suite</c>: all cases on one thread and on all, alone or beside the libtorch peer, as a table, Markdown and JSON.</summary>
internal static class BenchSuiteCommand
{
    public static Command Create(CommandContext context)
    {
        var peer = new Option<string?>("--peer") { Description = "The peer's program, peer.dll, or a folder that holds it; each case runs in turns with it." };
        var quick = new Option<bool>("--quick") { Description = "Only cases that take seconds." };
        var output = new Option<string?>("--out") { Description = "Folder for suite.md and suite.json." };
        return context.Command("suite", "Time every case beside the peer.", Run, peer, quick, output);

        int Run(ParseResult parsed)
        {
            var program = parsed.GetValue(peer) is { } path ? Directory.Exists(path) ? Path.Combine(path, "peer.dll") : path : null;
            if (program is not null && !File.Exists(program)) throw new ArgumentException($"--peer: {program} is not there");
            var lines = new List<JsonObject>();
            string[] timing = parsed.GetValue(quick) ? ["--warmup", "1", "--least-ms", "50", "--pairs", "3"] : [];
            foreach (var threads in parsed.GetValue(context.Common.Threads) is var most && most > 1 ? [1, most] : (int[])[1])
            {
                foreach (var item in BenchSuite.Cases(parsed.GetValue(quick)))
                {
                    context.Stop.ThrowIfCancellationRequested();
                    context.Screen.Progress($"{item.Name}, {threads} threads");
                    // The peer takes the same timing options, without the pairs.
                    var command = program is null ? [] : (string[])["--compare", $"dotnet '{program}' {item.Peer} --threads {threads} {string.Join(' ', timing.Take(4))}"];
                    using var captured = new StringWriter();
                    using var error = new StringWriter();
                    var code = Program.Run(["bench", .. item.Ours.Split(' '), "--threads", $"{threads}", .. timing, .. command], new Screen(captured, error, interactive: false), context.Stop);
                    if (code != ExitCode.Done)
                    {
                        context.Screen.Error(error.ToString().TrimEnd());
                        return code;
                    }

                    var line = JsonNode.Parse(captured.ToString())!.AsObject();
                    line["name"] = item.Name;
                    lines.Add(line);
                    context.Screen.JsonLine(line);
                }
            }

            var table = BenchSuite.Markdown(lines);
            context.Screen.Line(table.TrimEnd());
            if (parsed.GetValue(output) is not { } folder) return ExitCode.Done;
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "suite.md"), table);
            File.WriteAllText(Path.Combine(folder, "suite.json"), new JsonArray([.. lines]).ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
            return ExitCode.Done;
        }
    }
}
