using System.Text.Json;
using System.Xml.Linq;
using SiaEngine.Cpu;
using SiaEngine.Model;
using SiaEngine.Tests.Model;
using SiaEngine.Train.Statistics;

namespace SiaEngine.Tests.Train;

[Collection(nameof(CommandLineTests))]
public class StatisticsTests
{
    private static readonly GptConfig Shape = new() { Layers = 2, Width = 16, Heads = 2, Vocabulary = 11, Context = 40 };

    [Theory, InlineData("sia", 40), InlineData("rope", 40), InlineData("alibi", 130), InlineData("logn-p-rope", 130), InlineData("yarn", 130), InlineData("nope", 1)]
    public void Equal_a_computation_with_whole_matrices(string method, int length)
    {
        using var cpu = new CpuDevice();
        using var model = GptTests.Random(Shape with { Attention = method }, cpu, DType.F32);
        int[] tokens = [.. Enumerable.Range(0, length).Select(i => (int)new Philox(3).Below((ulong)i, 11))];
        var run = new StatisticsRun(model, 1, int.MaxValue, _ => { }, TestContext.Current.CancellationToken);
        AttentionSums[] sums = [new(length, 8), new(length, 8)];
        run.Add(tokens, sums);

        var naive = new NaiveGpt(model.Config, name => Array.ConvertAll(model.Parameters[name].Master.ToArray<float>(), v => (double)v));
        naive.Logits(tokens);
        for (var layer = 0; layer < 2; layer++)
        {
            var (found, logits, scores) = (sums[layer].Summary(layer), naive.AttentionLogits[layer], naive.AttentionScores[layer]);
            foreach (var rows in found.Rows)
            {
                var expected = logits.SelectMany(head => head).Where(row => row.Length > rows.Start && row.Length <= rows.End).Select(row => row.Reverse().ToArray()).ToArray();
                Assert.Equal(expected.Length, rows.Count);
                Assert.Equal(expected.Average(row => Entropy(row)), rows.Entropy, 4);
                Assert.Equal(expected.Average(row => Softmax(row).Take(100).Sum()), rows.Last100, 4);
                Assert.Equal(1, rows.Distances.Sum(d => d.Mass), 4);
                foreach (var distance in rows.Distances)
                {
                    var seen = expected.Where(row => row.Length > distance.Start).ToArray();
                    Assert.Equal(expected.Sum(row => Softmax(row).Skip(distance.Start).Take(distance.End - distance.Start).Sum()) / expected.Length, distance.Mass, 4);
                    Assert.Equal(seen.Average(row => Entropy([.. row.Skip(distance.Start).Take(distance.End - distance.Start)])), distance.Entropy!.Value, 4);
                    Assert.Equal(seen.Length == expected.Length && rows.Start + 1 >= distance.End, distance.Complete);
                }
            }

            // t > 0 and not the first token: below the diagonal, without the first column.
            var pooled = scores.SelectMany(head => head).SelectMany(row => row.Skip(1).SkipLast(1)).Order().ToArray();
            Assert.Equal(pooled.Length, found.Scores.Count);
            if (pooled.Length == 0) continue;
            var sd = Math.Sqrt(pooled.Average(s => Math.Pow(s - pooled.Average(), 2)));
            Assert.Equal((pooled.Average(), sd), (found.Scores.Mean, found.Scores.StandardDeviation), (a, b) => Math.Abs(a.Item1 - b.Item1) < 1e-4 && Math.Abs(a.Item2 - b.Item2) < 1e-4);
            Assert.Equal(pooled.Average(s => Math.Pow((s - pooled.Average()) / sd, 3)), found.Scores.Skewness, 3);
            Assert.Equal(pooled.Average(s => Math.Pow((s - pooled.Average()) / sd, 4)) - 3, found.Scores.ExcessKurtosis, 3);
            Assert.True(found.Scores.Quantiles.Count > 10);
            foreach (var point in found.Scores.Quantiles)
            {
                var rank = ScoreHistogram.Normal(point.Normal) * pooled.Length;
                var (below, above) = (pooled[Math.Max(0, (int)rank - 1)], pooled[Math.Min(pooled.Length - 1, (int)rank + 1)]);
                Assert.InRange(point.Score, below - 0.001, above + 0.001);
            }
        }
    }

    [Fact]
    public void The_normal_distribution_and_quantiles_of_normal_scores()
    {
        Assert.Equal(0.5, ScoreHistogram.Normal(0));
        Assert.Equal(0.8413447460685429, ScoreHistogram.Normal(1), 11);
        Assert.Equal(3.167124183311992e-5, ScoreHistogram.Normal(-4), 9);
        var histogram = new ScoreHistogram(11.3);
        var random = new Philox(5);
        for (var i = 0UL; i < 100_000; i++) histogram.Add(0.5 + 2 * random.Normal(i));
        var summary = histogram.Summary();
        Assert.Equal(0.5, summary.Mean, 0.03);
        Assert.Equal(2, summary.StandardDeviation, 0.03);
        Assert.Equal(0, summary.ExcessKurtosis, 0.1);
        foreach (var point in summary.Quantiles.Where(point => Math.Abs(point.Normal) <= 2)) Assert.Equal(0.5 + 2 * point.Normal, point.Score, 0.1);
    }

    [Fact]
    public void Queries_are_spread_over_ranges_that_double_and_the_last_is_taken()
    {
        using var cpu = new CpuDevice();
        using var model = new Gpt(Shape, cpu, 1);
        Assert.Equal([0, 1, 2, 3, 5, 7, 11, 15, 17, 19], new StatisticsRun(model, 1, 2, _ => { }, default).Positions(20));
        Assert.Equal(Enumerable.Range(0, 33), new StatisticsRun(model, 1, 100, _ => { }, default).Positions(33));
    }

    [Fact]
    public void The_command_writes_json_and_a_page()
    {
        using var run = new SmallRun();
        Assert.Equal(0, SmallRun.Sia(run.TrainArguments("run")).Code);
        var target = Path.Combine(run.Folder, "statistics");
        string[] arguments = ["statistics", "--checkpoint", Path.Combine(run.Folder, "run"), "--contexts", "16,128", "--sequences", "2", "--rows", "8", "--out", target];
        var (code, output, error) = SmallRun.Sia([.. arguments, "--json", "--threads", "1"]);
        Assert.Equal((0, ""), (code, error));
        Assert.Equal(2, output.TrimEnd().Split('\n').Length);
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(target, "statistics.json")));
        var contexts = json.RootElement.GetProperty("contexts").EnumerateArray().ToArray();
        Assert.Equal([16, 128], contexts.Select(context => context.GetProperty("context").GetInt32()));
        var layers = contexts[1].GetProperty("layers").EnumerateArray().ToArray();
        Assert.Equal(2, layers.Length);
        var last = layers[0].GetProperty("rows").EnumerateArray().Last();
        Assert.Equal((64, 128, 8 * 2 * 2), (last.GetProperty("start").GetInt32(), last.GetProperty("end").GetInt32(), last.GetProperty("count").GetInt32()));
        Assert.InRange(last.GetProperty("entropy").GetDouble(), 0, Math.Log(128));
        Assert.True(layers[0].GetProperty("scores").GetProperty("quantiles").GetArrayLength() > 0);
        var page = File.ReadAllText(Path.Combine(target, "statistics.html"));
        Assert.Equal("html", XDocument.Parse(page.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal)).Root!.Name.LocalName);
        Assert.Equal(6, page.Split("<figure").Length - 1);

        // Threads do not change a number; another rule does.
        var before = File.ReadAllText(Path.Combine(target, "statistics.json"));
        Assert.Equal(0, SmallRun.Sia([.. arguments, "--threads", "2"]).Code);
        Assert.Equal(before, File.ReadAllText(Path.Combine(target, "statistics.json")));
        Assert.Equal(0, SmallRun.Sia([.. arguments, "--attention", "rope"]).Code);
        Assert.NotEqual(before.Replace("sia", "rope", StringComparison.Ordinal), File.ReadAllText(Path.Combine(target, "statistics.json")));

        (code, output, _) = SmallRun.Sia("statistics", "--checkpoint", Path.Combine(run.Folder, "run"), "--rows", "2", "--out", target, "--json");
        Assert.Equal((0, 3), (code, output.TrimEnd().Split('\n').Length));
        (code, _, error) = SmallRun.Sia("statistics", "--checkpoint", Path.Combine(run.Folder, "run"), "--contexts", "1000000");
        Assert.Equal(2, code);
        Assert.Matches(@"validation tokens are fewer than the context of 1000000; accepted are contexts up to \d+", error);
    }

    private static double[] Softmax(double[] row)
    {
        var total = row.Sum(l => Math.Exp(l - row.Max()));
        return Array.ConvertAll(row, l => Math.Exp(l - row.Max()) / total);
    }

    private static double Entropy(double[] row) => -Softmax(row).Sum(p => p > 0 ? p * Math.Log(p) : 0);
}
