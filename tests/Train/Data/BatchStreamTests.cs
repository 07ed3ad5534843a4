using SiaEngine.Train.Data;

namespace SiaEngine.Tests.Train.Data;

public sealed class BatchStreamTests : IDisposable
{
    private const int Vocabulary = 65_536;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_a_seed_shards_are_read_as_in_the_papers_runs()
    {
        // Three shards of 25, 6 and 19 tokens, batches of 2 x 3: chunks of 7 that advance by 6.
        string[] shards = [Shard("a", 0, 25), Shard("b", 100, 6), Shard("c", 200, 19)];
        using var stream = new BatchStream(shards, rows: 2, context: 3, Vocabulary, seed: null);
        Assert.Equal(50, stream.Tokens);
        int[] starts = [0, 6, 12, 18, 200, 206, 212, 0, 6];
        for (var batch = 0; batch < starts.Length; batch++)
        {
            var (inputs, targets) = Batch(stream, batch, 6);
            Assert.Equal(Enumerable.Range(starts[batch], 6), inputs);
            Assert.Equal(Enumerable.Range(starts[batch] + 1, 6), targets);
        }
    }

    [Fact]
    public void With_a_seed_rows_are_windows_that_reach_every_place()
    {
        string[] shards = [Shard("a", 0, 12), Shard("b", 100, 9), Shard("c", 200, 4)];
        using var stream = new BatchStream(shards, rows: 3, context: 4, Vocabulary, seed: 5);
        HashSet<int> starts = [];
        for (var batch = 0; batch < 200; batch++)
        {
            var (inputs, targets) = Batch(stream, batch, 12);
            for (var row = 0; row < 3; row++)
            {
                starts.Add(inputs[4 * row]);
                Assert.Equal(Enumerable.Range(inputs[4 * row], 4), inputs[(4 * row)..(4 * row + 4)]);
                Assert.Equal(Enumerable.Range(inputs[4 * row] + 1, 4), targets[(4 * row)..(4 * row + 4)]);
            }
        }

        // No window runs past the end of its shard; c is too short for one.
        Assert.Equal([.. Enumerable.Range(0, 8), .. Enumerable.Range(100, 5)], starts.Order());
    }

    [Fact]
    public void A_batch_depends_on_seed_and_number_alone()
    {
        string[] shards = [Shard("a", 0, 1000)];
        using var stream = new BatchStream(shards, 2, 8, Vocabulary, seed: 1);
        var forward = Enumerable.Range(0, 20).Select(n => Batch(stream, n, 16).Inputs).ToList();
        using var again = new BatchStream(shards, 2, 8, Vocabulary, seed: 1);
        for (var n = 19; n >= 0; n--) Assert.Equal(forward[n], Batch(again, n, 16).Inputs);
        using var other = new BatchStream(shards, 2, 8, Vocabulary, seed: 2);
        Assert.NotEqual(forward, Enumerable.Range(0, 20).Select(n => Batch(other, n, 16).Inputs));

        // Twice the rows: the same sequences, two batches at a time.
        using var wide = new BatchStream(shards, 4, 8, Vocabulary, seed: 1);
        for (var n = 0; n < 10; n++) Assert.Equal([.. forward[2 * n], .. forward[2 * n + 1]], Batch(wide, n, 32).Inputs);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(3ul)]
    public void Filling_allocates_nothing(ulong? seed)
    {
        using var stream = new BatchStream([Shard("a", 0, 5000), Shard("b", 0, 5000)], 4, 64, Vocabulary, seed);
        var (inputs, targets) = (new int[256], new int[256]);
        for (var n = 0; n < 10; n++) stream.Fill(n, inputs, targets);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var n = 0; n < 100; n++) stream.Fill(n, inputs, targets);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Too_little_data_says_how_much_there_is()
    {
        var shard = Shard("a", 0, 64);
        Assert.Equal($"{shard}: 64 tokens are too few for a context of 64 tokens and its targets", TooLittle(shard, 1, 64, 1));
        Assert.Equal($"{shard}: 64 tokens are too few for a batch of 96 tokens and its targets", TooLittle(shard, 3, 32, null));
        using var enough = new BatchStream([shard], 1, 63, Vocabulary, seed: 1);
        Assert.Equal("no training shards: every shard has \"val\" in its name", Refusal.Of(() => new BatchStream([], 1, 1, Vocabulary, 1)));
        Assert.Throws<ArgumentException>(() => enough.Fill(0, new int[63], new int[64]));
    }

    [Fact]
    public void An_id_beyond_the_vocabulary_stops_the_run()
    {
        var shard = Shard("a", 0, 64);
        using var stream = new BatchStream([shard], 1, 8, vocabulary: 56, seed: null);
        Batch(stream, 5, 8);
        Assert.Equal($"{shard}: token 56 is 56, beyond the vocabulary of 56 (ids 0..55)", Refusal.Of(() => Batch(stream, 6, 8)));
    }

    private static string TooLittle(string shard, int rows, int context, ulong? seed) =>
        Refusal.Of(() => new BatchStream([shard], rows, context, Vocabulary, seed));

    private string Shard(string name, int first, int count)
    {
        TokenFileWriter.Write(_folder[name + ".bin"], [.. Enumerable.Range(first, count).Select(id => (ushort)id)]);
        return _folder[name + ".bin"];
    }

    private static (int[] Inputs, int[] Targets) Batch(BatchStream stream, long number, int tokens)
    {
        var (inputs, targets) = (new int[tokens], new int[tokens]);
        stream.Fill(number, inputs, targets);
        return (inputs, targets);
    }
}
