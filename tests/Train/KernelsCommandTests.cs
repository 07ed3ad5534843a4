using System.Text.Json;
using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;
using SiaEngine.Train;
using SiaEngine.Train.Kernels;

namespace SiaEngine.Tests.Train;

/// <summary><c>sia kernels</c> as a reader of kernels meets it.</summary>
[Collection(nameof(CommandLineTests))]
public class KernelsCommandTests
{
    public static TheoryData<string> Files => [.. PtxLibrary.Names];

    [Fact]
    public void List_names_every_entry_and_show_prints_what_is_assembled()
    {
        var (code, output, _) = SmallRun.Sia("kernels", "list", "--json");
        Assert.Equal(ExitCode.Done, code);
        Assert.Equal(KernelWorkbench.Entries.Count, output.TrimEnd().Split('\n').Length);
        (code, output, _) = SmallRun.Sia("kernels", "show", "add");
        Assert.Equal((ExitCode.Done, PtxLibrary.Load("add").Text), (code, output));
        Assert.DoesNotContain("#for", output, StringComparison.Ordinal);
        Assert.Equal(output, SmallRun.Sia("kernels", "show", "add_forward_f32").Output);
    }

    [Fact]
    public void An_unknown_kernel_or_shape_is_one_line()
    {
        var (code, _, error) = SmallRun.Sia("kernels", "run", "flash");
        Assert.Equal((ExitCode.Wrong, "sia: no kernel 'flash'; 'sia kernels list' names them"), (code, error.TrimEnd()));
        (code, _, error) = SmallRun.Sia("kernels", "run", "rms_norm_forward_f32", "--shape", "3");
        Assert.Equal((ExitCode.Wrong, "sia: --shape of rms_norm_forward_f32 takes rows, columns, as in 64,256, not 3"), (code, error.TrimEnd()));
    }

    /// <summary>One kernel of every file, the last: what is launched first is found in any case.</summary>
    [Theory, MemberData(nameof(Files))]
    public void A_kernel_of_every_file_runs_and_agrees(string file)
    {
        var entry = KernelWorkbench.Entries.Last(e => e.File == file).Entry;
        var result = KernelWorkbench.Run(entry, null, new Probe(0, 0));
        Assert.Equal(entry, result.Run.Kernel);
        Assert.True(result.Agrees, $"{entry}: {result.Verdict}");
        Assert.NotEmpty(result.Accesses);
    }

    [Fact]
    public void A_page_holds_its_data_and_loads_nothing()
    {
        using var run = new SmallRun();
        var page = Path.Combine(run.Folder, "kernel.html");
        var (code, output, error) = SmallRun.Sia("kernels", "run", "reduce", "--shape", "4,512", "--html", page, "--json");
        Assert.Equal(("", ExitCode.Done), (error, code));
        Assert.Equal(3, output.TrimEnd().Split('\n').Length);
        var html = File.ReadAllText(page);
        Assert.DoesNotContain(" src=", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", html.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal), StringComparison.Ordinal);
        const string Start = "<script id=\"data\" type=\"application/json\">";
        var from = html.IndexOf(Start, StringComparison.Ordinal) + Start.Length;
        using var data = JsonDocument.Parse(html[from..html.IndexOf("</script>", from, StringComparison.Ordinal)]);
        var kernels = data.RootElement.GetProperty("kernels");
        Assert.Equal(3, kernels.GetArrayLength());
        foreach (var kernel in kernels.EnumerateArray())
        {
            var lines = kernel.GetProperty("lines").EnumerateArray().ToArray();
            var issued = lines.Where(line => line.GetProperty("pc").GetBoolean()).Sum(line => line.GetProperty("executions").GetInt64());
            Assert.Equal(kernel.GetProperty("totals").GetProperty("executions").GetInt64(), issued);
            Assert.NotEqual(0, kernel.GetProperty("accesses").GetArrayLength());
        }
    }

    [Fact]
    public void A_page_opens_in_a_browser_without_script_errors_and_shows_heat_and_access_patterns()
    {
        var browser = Browser.Find();
        Assert.SkipWhen(browser is null, "no Chromium on this machine");
        using var run = new SmallRun();
        var page = Path.Combine(run.Folder, "kernel.html");
        Assert.Equal(ExitCode.Done, SmallRun.Sia("kernels", "run", "gemm_2_shared_f32", "gemm_5_mma_bf16", "--html", page, "--quiet").Code);
        var (document, console) = Browser.Open(browser!, page);
        Assert.Equal("", console);
        // A row per line of both kernels, warm ones among them; the roofline; the sectors of the access that is chosen at first.
        Assert.True(document.Split("rgba(").Length > 100, "no heat");
        Assert.Contains("aria-label=\"roofline\"", document, StringComparison.Ordinal);
        Assert.Contains("aria-label=\"sectors touched by the lanes\"", document, StringComparison.Ordinal);
        Assert.Equal(2, document.Split("aria-label=\"heat\"").Length - 1);
    }
}
