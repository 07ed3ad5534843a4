using System.Numerics;

namespace SiaEngine.Cpu;

/// <summary>Driver of optimizer passes: updates masters and, a task at a time while they are in the cache, rounds them to a bf16 working copy.</summary>
internal static unsafe class MasterUpdate
{
    /// <summary>Runs a pass over the elements of <paramref name="master"/> on all threads; <paramref name="value"/> is the master itself or bf16.</summary>
    public static void Run<T, P>(Tensor master, Tensor value, P pass) where T : unmanaged, IFloatingPointIeee754<T> where P : struct, IPass<T>
    {
        var copy = value == master ? null : (BFloat16*)value.Address;
        RowParallel.For(checked((int)((master.Count + Map.TaskSize - 1) / Map.TaskSize)), new Job<T, P>(pass, master.Address, copy, master.Count),
            static (job, task) => job.Run(task));
    }

    private readonly struct Job<T, P>(P pass, nint master, BFloat16* copy, long count)
        where T : unmanaged, IFloatingPointIeee754<T> where P : struct, IPass<T>
    {
        public void Run(int task)
        {
            var (start, end) = ((long)task * Map.TaskSize, Math.Min(count, (task + 1L) * Map.TaskSize));
            Map.Range<T, P>(pass, start, end);
            if (copy == null) return;
            var n = (int)(end - start);
            BFloat16.Round(new ReadOnlySpan<float>((float*)master + start, n), new Span<BFloat16>(copy + start, n));
        }
    }
}
