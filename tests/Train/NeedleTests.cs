using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using SiaEngine.Cpu;
using SiaEngine.Train;
using SiaEngine.Train.Data;
using SiaEngine.Train.Needle;

namespace SiaEngine.Tests.Train;

[Collection(nameof(CommandLineTests))]
public partial class NeedleTests
{
    [Theory, InlineData(false), InlineData(true)]
    public void A_prompt_has_the_wanted_length_whole_needles_and_targets_on_the_answer_alone(bool colliding)
    {
        using var run = new SmallRun();
        var data = run.Data();
        var tokenizer = data.Tokenizer!;
        using var text = new NeedleText(tokenizer, data.Train, data.Vocabulary, 1, 2, colliding);
        var prompts = new HashSet<string>();
        foreach (var length in (int[])[240, 241, 512])
        {
            for (var number = 0; number < 20; number++)
            {
                var example = text.Example(number, length);
                Assert.Equal(length, example.Tokens.Length);
                var prompt = tokenizer.Decode(example.Prompt.ToArray());
                prompts.Add(prompt);
                Assert.EndsWith("\n", prompt);
                var needles = Sentence().Matches(prompt).Select(match => (match.Groups[1].Value, match.Groups[2].Value)).ToArray();
                Assert.Equal(example.Needles, needles);
                if (!colliding) Assert.Equal(3, needles.Select(needle => needle.Item1).Distinct().Count());
                Assert.Equal(string.Join(';', needles.Select(needle => $"{needle.Item1}={needle.Item2}")), tokenizer.Decode(example.Tokens[example.PromptLength..]));
                // What is left without the needles is a piece of the corpus; the cuts join on.
                var filler = Sentence().Replace(prompt, "").TrimEnd('\n').TrimStart('\uFFFD');
                Assert.Contains(filler.Length > 4 ? filler[..^1] : filler, File.ReadAllText(run.Text), StringComparison.Ordinal);

                text.Check(length);
                var targets = new int[length];
                example.Targets(targets, text.End);
                Assert.Equal(Enumerable.Repeat(-1, example.PromptLength - 1), targets.Take(example.PromptLength - 1));
                Assert.Equal([.. example.Tokens.Skip(example.PromptLength), tokenizer.Separator], targets.Skip(example.PromptLength - 1));
            }
        }

        Assert.Equal(60, prompts.Count);
        using var again = new NeedleText(tokenizer, data.Train, data.Vocabulary, 1, 2, colliding);
        Assert.Equal(text.Example(7, 300).Tokens, again.Example(7, 300).Tokens);
        using var other = new NeedleText(tokenizer, data.Train, data.Vocabulary, 2, 2, colliding);
        Assert.NotEqual(text.Example(7, 300).Needles, other.Example(7, 300).Needles);
        Assert.Matches(@"^three needles and their answer take up to \d+ tokens and do not fit into a context of 50; accepted are contexts from \d+ on$", Assert.Throws<ArgumentException>(() => text.Check(50)).Message);
        Assert.Throws<DataException>(() => text.Example(0, 10_000_000));
    }

    [Fact]
    public void A_needle_counts_when_city_and_number_are_right()
    {
        var example = new NeedleExample([], 0, [("Oslo", "1234567"), ("Rome", "7654321"), ("Lima", "1111111")]);
        Assert.Equal("Oslo=1234567;Rome=7654321;Lima=1111111", example.Answer);
        foreach (var (answer, found) in ((string, int)[])[(example.Answer, 3), ("Lima=1111111; Oslo=1234567", 2), ("Oslo=1234567;Rome=7654322;Lima=1111111", 2), ("Rome=1234567;Oslo=7654321", 0), ("Oslo=12345678", 0), ("", 0), ("Oslo=1234567;Oslo=1234567", 1)])
            Assert.Equal(found, example.Found(answer));
        Assert.Equal((0.25, Math.Sqrt(0.25 * 0.75 / 12)), (new NeedleScore(64, 12, 3).Accuracy, new NeedleScore(64, 12, 3).StandardError));
    }

    [Fact]
    public void Cities_are_single_words_and_collide_only_when_asked_to()
    {
        Assert.Equal(69, Cities.Names.Distinct().Count());
        Assert.All(Cities.Names, name => Assert.Matches("^[A-Z][a-z]+$", name));
        var random = new Philox(3);
        double Shared(bool colliding) => Enumerable.Range(0, 20_000).Sum(i =>
        {
            var drawn = Cities.Draw(random, (ulong)i * 3, 3, colliding);
            return drawn.Count(city => drawn.Count(c => c == city) > 1);
        }) / 60_000.0;
        Assert.Equal(0, Shared(false));
        Assert.Equal(0.0340, Shared(true), 0.004);
    }

    [Fact]
    public void Answers_come_from_the_likeliest_tokens_and_end_at_the_separator_or_at_the_right_length()
    {
        using var run = new SmallRun();
        using var cpu = new CpuDevice();
        var data = run.Data();
        using var trainer = new Trainer(run.Config with { Context = 256, BatchTokens = 256, MicroBatchTokens = 256 }, data, cpu);
        using var text = new NeedleText(data.Tokenizer!, data.Train, data.Vocabulary, 1, 2, false);
        var example = text.Example(0, 256);
        // Untrained: every logit is 0 and the first id wins every time; the answer is cut at the length of the right one.
        var answer = NeedleRun.Answer(trainer.Model, data.Tokenizer!, example, text.End);
        Assert.Equal(data.Tokenizer!.Decode(Enumerable.Repeat(0, 256 - example.PromptLength)), answer);
        Assert.Equal("", NeedleRun.Answer(trainer.Model, data.Tokenizer!, example, end: 0));
    }

    [Fact]
    public void Tuning_lowers_the_loss_of_the_answers_and_the_same_command_gives_the_same_numbers()
    {
        using var run = new SmallRun();
        Assert.Equal(0, SmallRun.Sia(run.ChangedArguments("run", "--context", "240", "--batch-tokens", "480", "--micro-batch-tokens", "240", "--steps", "4", "--eval-contexts", "240")).Code);
        var target = Path.Combine(run.Folder, "needle");
        string[] arguments = ["needle", "--checkpoint", Path.Combine(run.Folder, "run"), "--steps", "24", "--batch", "4", "--examples", "2", "--contexts", "240,480", "--out", target];
        var (code, output, error) = SmallRun.Sia([.. arguments, "--json"]);
        Assert.Equal((0, ""), (code, error));
        var first = Numbers(output);
        Assert.InRange(first.GetProperty("final_loss").GetDouble(), 0.5, 5.2);
        using (var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(target, "needle.json"))))
        {
            Assert.Equal((24, 4, 2), (json.RootElement.GetProperty("steps").GetInt32(), json.RootElement.GetProperty("batch").GetInt32(), json.RootElement.GetProperty("examples").GetInt32()));
            var scores = json.RootElement.GetProperty("results")[0].GetProperty("scores").EnumerateArray().ToArray();
            Assert.Equal([240, 480], scores.Select(score => score.GetProperty("context").GetInt32()));
            Assert.All(scores, score => Assert.Equal(6, score.GetProperty("needles").GetInt32()));
        }

        var page = File.ReadAllText(Path.Combine(target, "needle.html"));
        Assert.Equal("html", XDocument.Parse(page.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal)).Root!.Name.LocalName);
        Assert.Contains("0.965", page, StringComparison.Ordinal);

        Assert.Equal(first.GetRawText(), Numbers(SmallRun.Sia([.. arguments, "--json", "--threads", "2"]).Output).GetRawText());
        var other = Numbers(SmallRun.Sia([.. arguments, "--json", "--attention", "rope"]).Output);
        Assert.Equal("rope", other.GetProperty("attention").GetString());
        Assert.Equal(first.GetProperty("final_loss").GetDouble(), other.GetProperty("final_loss").GetDouble());
        Assert.NotEqual(first.GetProperty("final_loss").GetDouble(), Numbers(SmallRun.Sia([.. arguments, "--json", "--seed", "2"]).Output).GetProperty("final_loss").GetDouble());

        static JsonElement Numbers(string line) => JsonDocument.Parse(line).RootElement;
    }

    [Fact]
    public void Stopping_is_clean_and_wrong_lengths_are_one_line()
    {
        using var run = new SmallRun();
        Assert.Equal(0, SmallRun.Sia(run.ChangedArguments("run", "--context", "240", "--batch-tokens", "240", "--micro-batch-tokens", "240", "--steps", "1", "--eval-tokens", "240", "--eval-contexts", "240")).Code);
        var target = Path.Combine(run.Folder, "needle");
        string[] arguments = ["needle", "--checkpoint", Path.Combine(run.Folder, "run"), "--steps", "2000", "--out", target];
        using var stop = new CancellationTokenSource();
        using var output = new StoppingWriter("tuning step", stop);
        using var error = new StringWriter();
        Assert.Equal(ExitCode.Stopped, Program.Run([.. arguments, "--contexts", "240"], new Screen(output, error, interactive: false), stop.Token));
        Assert.Equal("sia: stopped", error.ToString().Trim());
        Assert.False(Directory.Exists(target));

        foreach (var (contexts, message) in ((string, string)[])[("40", "do not fit into a context of 40; accepted are contexts from "), ("10000000", "tokens of filler")])
        {
            var (code, _, line) = SmallRun.Sia([.. arguments, "--contexts", contexts]);
            Assert.Equal(ExitCode.Wrong, code);
            Assert.Contains(message, line, StringComparison.Ordinal);
            Assert.Single(line.TrimEnd().Split('\n'));
        }
    }

    [Fact]
    public void A_model_of_shards_takes_its_tokenizer_from_the_command_line()
    {
        using var run = new SmallRun();
        var data = run.Data();
        var (shards, tokenizer) = (Directory.CreateDirectory(Path.Combine(run.Folder, "shards")).FullName, Directory.CreateDirectory(Path.Combine(run.Folder, "tokenizer")).FullName);
        File.Copy(data.Train[0], Path.Combine(shards, "train.bin"));
        File.Copy(data.Validation[0], Path.Combine(shards, "val.bin"));
        data.Tokenizer!.Vocabulary.Save(tokenizer);
        Assert.Equal(0, SmallRun.Sia(run.ChangedArguments("run", "--data", shards, "--vocabulary", "304", "--context", "240", "--batch-tokens", "240", "--micro-batch-tokens", "240", "--steps", "1", "--eval-contexts", "240")).Code);
        string[] arguments = ["needle", "--checkpoint", Path.Combine(run.Folder, "run"), "--steps", "1", "--examples", "1", "--out", Path.Combine(run.Folder, "needle")];
        var (code, _, error) = SmallRun.Sia(arguments);
        Assert.Equal(ExitCode.Wrong, code);
        Assert.Contains("the model learned from shards without a tokenizer; give its --tokenizer to write needles", error, StringComparison.Ordinal);
        (code, var output, _) = SmallRun.Sia([.. arguments, "--tokenizer", tokenizer, "--json"]);
        Assert.Equal(0, code);
        // Without contexts, those of the training.
        Assert.Equal(240, Assert.Single(JsonDocument.Parse(output).RootElement.GetProperty("scores").EnumerateArray()).GetProperty("context").GetInt32());
    }

    [GeneratedRegex(@" The special magic (\w+) number is (\d{7})\.")]
    private static partial Regex Sentence();
}
