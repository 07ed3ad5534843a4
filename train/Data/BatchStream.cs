namespace SiaEngine.Train.Data;

/// <summary>
/// Batches of token shards. A batch depends only on the seed and its number, so any batch can be drawn at any time and a resumed run sees the same
/// data: its whole state is the number of the next batch. Allocates nothing per batch.
/// </summary>
public sealed class BatchStream : IBatches
{
    private readonly TokenFile[] _shards;
    private readonly long[] _chunks;
    private readonly long _chunkTotal;
    private readonly ushort[] _buffer;
    private readonly int _rows, _context, _vocabulary;
    private readonly Philox? _random;

    /// <summary>
    /// Batches of <paramref name="rows"/> sequences of <paramref name="context"/> tokens. With a seed every row is a window at a random place; row r
    /// of batch n is sequence n · rows + r of the run, and its place depends on that number alone, so larger batches draw the same sequences.
    /// Without a seed the shards are read as in the paper's runs (modded-nanogpt): in the given order, contiguous chunks of rows · context + 1
    /// tokens that advance by rows · context, the tail of a shard dropped, from the start again at the end.
    /// </summary>
    /// <exception cref="DataException">A shard is broken, or all are shorter than one sequence.</exception>
    public BatchStream(IReadOnlyList<string> shards, int rows, int context, int vocabulary, ulong? seed)
    {
        (_rows, _context, _vocabulary) = (rows, context, vocabulary);
        _random = seed is { } value ? new Philox(value, Streams.Batches) : null;
        var (step, need) = _random is null ? (rows * context, rows * context + 1) : (1, context + 1);
        _shards = new TokenFile[shards.Count];
        _chunks = new long[shards.Count];
        _buffer = new ushort[need];
        try
        {
            for (var i = 0; i < _shards.Length; i++)
            {
                _shards[i] = TokenFile.Open(shards[i]);
                _chunks[i] = _shards[i].Count < need ? 0 : (_shards[i].Count - need) / step + 1;
                _chunkTotal += _chunks[i];
            }

            if (shards.Count == 0) throw new DataException("no training shards: every shard has \"val\" in its name");
            if (_chunkTotal == 0)
                throw new DataException($"{shards[0]}: {Tokens} tokens are too few for a {(_random is null ? "batch" : "context")} "
                    + $"of {need - 1} tokens and its targets");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Number of tokens in all shards.</summary>
    public long Tokens => _shards.Sum(shard => shard.Count);

    /// <summary>Writes batch number <paramref name="batch"/>: inputs and targets, each [rows, context]; targets are the inputs' successors.</summary>
    public void Fill(long batch, Span<int> inputs, Span<int> targets)
    {
        if (inputs.Length != _rows * _context || targets.Length != inputs.Length)
            throw new ArgumentException($"batch: inputs and targets hold {_rows} x {_context} ids; got {inputs.Length} and {targets.Length}");
        if (_random is not { } random)
        {
            Copy(batch % _chunkTotal, inputs, targets);
            return;
        }

        for (var row = 0; row < _rows; row++)
        {
            var window = random.Below((ulong)(batch * _rows + row), _chunkTotal);
            Copy(window, inputs.Slice(row * _context, _context), targets.Slice(row * _context, _context));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var shard in _shards) shard?.Dispose();
    }

    private void Copy(long chunk, Span<int> inputs, Span<int> targets)
    {
        var shard = 0;
        while (chunk >= _chunks[shard]) chunk -= _chunks[shard++];
        _shards[shard].Read(chunk * (_random is null ? inputs.Length : 1), _buffer, _vocabulary);
        for (var i = 0; i < inputs.Length; i++) (inputs[i], targets[i]) = (_buffer[i], _buffer[i + 1]);
    }
}
