using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using SiaEngine.Cpu;
using SiaEngine.Train.Bench;
using Spectre.Console;

namespace SiaEngine.Train.Commands;

/// <summary><c>sia bench suite</c>: all cases on all threads and the kernels on one, alone or beside the libtorch peer, as a table, Markdown, JSON and a page.</summary>
internal static class BenchSuiteCommand
{
    public static Command Create(CommandContext context)
    {
        var peer = new Option<string?>("--peer") { Description = "The peer: a program, a .dll, or a folder that holds peer.dll; each case runs in turns with it." };
        var quick = new Option<bool>("--quick") { Description = "Only cases that take seconds: less than two minutes instead of about 25." };
        var only = Options.Choice("--only", "One section.", null, SuiteCases.Sections);
        var tcmalloc = new Option<string?>("--tcmalloc") { Description = "Allocator to preload for the tuned peer; found on its own where it is installed." };
        var openblas = new Option<string?>("--openblas") { Description = "libopenblas.so.0: products are timed beside it, too." };
        var output = new Option<string?>("--out") { Description = "Folder for suite.md, suite.json and suite.html; suite.jsonl keeps each finished case, and the same command continues a suite that was stopped." };
        return context.Command("suite", "Time every case beside the peer and fill the whole table.", Run, peer, quick, only, tcmalloc, openblas, output);

        int Run(ParseResult parsed)
        {
            var program = parsed.GetValue(peer) is { } path ? Directory.Exists(path) ? Path.Combine(path, "peer.dll") : path : null;
            foreach (var (option, file) in ((string, string?)[])[("--peer", program), ("--tcmalloc", parsed.GetValue(tcmalloc)), ("--openblas", parsed.GetValue(openblas))])
                if (file is not null && !File.Exists(file)) throw new ArgumentException($"{option}: {file} is not there");
            if (parsed.GetValue(context.Common.Device) != "cpu") throw new ArgumentException("bench suite measures the CPU; leave --device out");
            var settings = new SuiteSettings(program, parsed.GetValue(tcmalloc) ?? SuiteSettings.FindTcMalloc(), parsed.GetValue(openblas), RowParallel.Threads, parsed.GetValue(quick));
            var folder = parsed.GetValue(output);
            IReadOnlyList<SuiteCase> Cases(string? section) =>
                [.. SuiteCases.All(section, settings.Threads, settings.Quick, settings.OpenBlas, settings.Allocators).Where(item => settings.Peer is not null || item.Role is PeerRole.Fixed or PeerRole.Best)];
            var run = new SuiteRun(settings, folder, context);
            var whole = run.Execute(Cases(parsed.GetValue(only)));
            Write(run, folder, $"sia bench suite{(program is null ? "" : " --peer FOLDER_OF_PEER_DLL")}{(settings.Quick ? " --quick" : "")} --threads {settings.Threads} --out FOLDER");
            return whole ? ExitCode.Done : ExitCode.Lacking;
        }

        void Write(SuiteRun run, string? folder, string command)
        {
            SuiteTable.Judge(run.Results, run.Machine);
            List<JsonObject> lines = [];
            foreach (var section in run.Results.GroupBy(static line => (string)line["section"]!))
            {
                lines.AddRange(section);
                lines.AddRange(SuiteTable.Means(section));
            }

            context.Screen.Line(MachineReport.Sentence(run.Machine));
            var table = new Table().AddColumns(SuiteTable.Head);
            foreach (var line in lines) table.AddRow(Array.ConvertAll(SuiteTable.Row(line), Markup.Escape));
            context.Screen.Table(table);
            if (folder is null) return;
            AtomicText.Write(Path.Combine(folder, "suite.md"), SuiteTable.Markdown(run.Machine, lines, command));
            var all = new JsonObject { ["machine"] = run.Machine.DeepClone(), ["cases"] = new JsonArray([.. lines.Select(static line => line.DeepClone())]) };
            AtomicText.Write(Path.Combine(folder, "suite.json"), all.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
            SuitePage.Write(Path.Combine(folder, "suite.html"), run.Machine, lines);
            context.Screen.Line($"wrote {folder}: suite.md, suite.json and suite.html");
        }
    }
}
