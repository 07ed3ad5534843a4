using SiaEngine.Cpu;
using SiaEngine.Model;
using SiaEngine.Train;

namespace SiaEngine.Tests.Train;

[Collection(nameof(CommandLineTests))]
public class ResumeTests
{
    [Fact]
    public void Resuming_equals_not_stopping_bit_for_bit()
    {
        using var run = new SmallRun();
        Assert.Equal(0, SmallRun.Sia(run.TrainArguments("straight")).Code);

        // Stopped before the first step, then after a checkpoint in the middle, each time with lines in the log that the checkpoint does not know.
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        var (code, _, error) = SmallRun.Sia(stop.Token, run.TrainArguments("stopped"));
        Assert.Equal(130, code);
        Assert.Equal($"sia: stopped; step 0 is saved in {Path.Combine(run.Folder, "stopped", "checkpoint")}, continue with --resume", error.Trim());
        File.AppendAllText(Path.Combine(run.Folder, "stopped", "metrics.jsonl"), "{\"step\":5,\"loss\":1}\n{\"step\":6,\"lo");
        Assert.Equal(0, SmallRun.Sia(run.TrainArguments("stopped", "--resume")).Code);

        foreach (var file in (string[])["checkpoint/model.safetensors", "checkpoint/optimizer.safetensors"])
            Assert.Equal(File.ReadAllBytes(Path.Combine(run.Folder, "straight", file)), File.ReadAllBytes(Path.Combine(run.Folder, "stopped", file)));
        Assert.Equal(Losses(run, "straight"), Losses(run, "stopped"));
    }

    [Fact]
    public void A_checkpoint_in_the_middle_holds_everything()
    {
        using var run = new SmallRun();
        using var cpu = new CpuDevice();
        var data = run.Data();
        var folder = Path.Combine(run.Folder, "middle");
        using var straight = new Trainer(run.Config, data, cpu);
        for (var i = 0; i < 3; i++) straight.Step();
        CheckpointFile.Save(folder, straight, run.Config, data.Vocabulary);
        for (var i = 0; i < 3; i++) straight.Step();

        using var resumed = new Trainer(run.Config with { Seed = 99 }, data, cpu);
        CheckpointFile.Load(folder, resumed);
        Assert.Equal(3, resumed.StepCount);
        using var continued = new Trainer(run.Config, data, cpu);
        CheckpointFile.Load(folder, continued);
        for (var i = 0; i < 3; i++) continued.Step();
        foreach (var (a, b) in straight.Model.Parameters.Zip(continued.Model.Parameters)) Assert.Equal(a.Master.ToArray<float>(), b.Master.ToArray<float>());
    }

    [Fact]
    public void One_seed_gives_equal_bits_at_one_and_two_threads_and_another_seed_does_not()
    {
        using var run = new SmallRun();
        Assert.Equal(0, SmallRun.Sia([.. run.TrainArguments("one"), "--threads", "1"]).Code);
        Assert.Equal(0, SmallRun.Sia([.. run.TrainArguments("two"), "--threads", "2"]).Code);
        Assert.Equal(0, SmallRun.Sia([.. run.TrainArguments("other"), "--seed", "2"]).Code);
        Assert.Equal(Weights("one"), Weights("two"));
        Assert.NotEqual(Weights("one"), Weights("other"));

        byte[] Weights(string name) => File.ReadAllBytes(Path.Combine(run.Folder, name, "checkpoint", "model.safetensors"));
    }

    [Fact]
    public void Resuming_with_another_value_names_it()
    {
        using var run = new SmallRun();
        Assert.Equal(0, SmallRun.Sia(run.TrainArguments("run")).Code);
        var (code, _, error) = SmallRun.Sia([.. run.TrainArguments("run", "--resume"), "--muon-rate", "0.5"]);
        Assert.Equal(2, code);
        Assert.Contains("was trained with --muon-rate 0.02, not 0.5", error, StringComparison.Ordinal);
        (code, _, error) = SmallRun.Sia(run.TrainArguments("run"));
        Assert.Equal(2, code);
        Assert.Contains("already holds a run; give --resume", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disk_that_fills_up_leaves_the_checkpoint_before_it_intact()
    {
        using var run = new SmallRun();
        using var cpu = new CpuDevice();
        var data = run.Data();
        var folder = Path.Combine(run.Folder, "full");
        using var trainer = new Trainer(run.Config, data, cpu);
        CheckpointFile.Save(folder, trainer, run.Config, data.Vocabulary);
        var before = File.ReadAllBytes(Path.Combine(folder, CheckpointFile.ModelFile));
        trainer.Step();
        for (var room = 0; room < 3; room++)
        {
            var files = 0;
            var error = Assert.Throws<CheckpointException>(() => CheckpointFile.Save(folder, trainer, run.Config, data.Vocabulary, path => files++ < room ? File.Create(path) : new FullDisk()));
            Assert.Contains("the checkpoint of step 1 could not be written (No space left on device); the one before is intact", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(before, File.ReadAllBytes(Path.Combine(folder, CheckpointFile.ModelFile)));
        Assert.Equal(0, CheckpointFile.ReadState(folder).Step);
        Assert.Empty(Directory.EnumerateDirectories(run.Folder, "*.partial"));
    }

    [Fact]
    public void A_crash_between_the_two_renames_is_recovered()
    {
        using var run = new SmallRun();
        using var cpu = new CpuDevice();
        var data = run.Data();
        var folder = Path.Combine(run.Folder, "crashed");
        using var trainer = new Trainer(run.Config, data, cpu);
        CheckpointFile.Save(folder, trainer, run.Config, data.Vocabulary);
        Directory.Move(folder, folder + ".old");
        Assert.Equal(0, CheckpointFile.ReadState(folder).Step);
    }

    private static string[] Losses(SmallRun run, string name) =>
        [.. RunLog.Curve(Path.Combine(run.Folder, name, "metrics.jsonl")).Select(point => $"{point.Step} {point.Loss}")];

    private sealed class FullDisk : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("No space left on device");

        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("No space left on device");
    }
}
