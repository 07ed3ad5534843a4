namespace SiaEngine.Cuda.Simulator;

/// <summary>Register files and counters of a kernel between its launches.</summary>
internal sealed class KernelPool : IDisposable
{
    private const int MostKept = 8;

    private readonly Stack<BlockRun> _blocks = new();
    private readonly Stack<KernelCounters> _counters = new();

    /// <summary>Room for a block.</summary>
    public BlockRun Rent(CompiledKernel kernel, int threads)
    {
        lock (_blocks)
        {
            while (_blocks.TryPop(out var block))
            {
                if (block.Threads == threads) return block;
                block.Dispose();
            }
        }

        return new BlockRun(kernel, threads);
    }

    /// <summary>Takes back what <see cref="Rent"/> gave.</summary>
    public void Return(BlockRun block)
    {
        block.End();
        lock (_blocks)
        {
            if (_blocks.Count < MostKept)
            {
                _blocks.Push(block);
                return;
            }
        }

        block.Dispose();
    }

    /// <summary>Counters at zero.</summary>
    public KernelCounters RentCounters(int instructions)
    {
        lock (_counters)
        {
            if (_counters.TryPop(out var counters))
            {
                counters.Clear();
                return counters;
            }
        }

        return new KernelCounters(instructions);
    }

    /// <summary>Takes back what <see cref="RentCounters"/> gave.</summary>
    public void Return(KernelCounters counters)
    {
        lock (_counters) _counters.Push(counters);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_blocks.TryPop(out var block)) block.Dispose();
    }
}
