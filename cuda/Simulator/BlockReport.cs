using System.Globalization;
using System.Text;

namespace SiaEngine.Cuda.Simulator;

/// <summary>Says why no thread of a block can go on.</summary>
internal static class BlockReport
{
    private const int MostGroups = 8;

    /// <summary>The fault of a block in which nobody can run.</summary>
    public static KernelFaultException Stuck(BlockRun block, BlockBarrier?[] barriers)
    {
        Warp? first = null;
        Fragment worst = default;
        var (groups, ids) = (0, 0);
        var text = new StringBuilder();
        foreach (var warp in block.Warps)
        {
            for (var i = 0; i < warp.FragmentCount; i++)
            {
                var fragment = warp.Fragments[i];
                if (first is null || Rank(fragment.State) > Rank(worst.State)) (first, worst) = (warp, fragment);
                if (fragment.State == FragmentState.Block) ids |= 1 << fragment.Barrier;
                if (groups++ < MostGroups) text.Append("; ").Append(Describe(block, warp, fragment));
            }
        }

        if (groups > MostGroups) text.Append(CultureInfo.InvariantCulture, $"; and {groups - MostGroups} more");
        var step = block.Kernel.Steps[worst.Pc];
        var where = $"block {Report.Block(first!.Launch.Shape, block.Block)}";
        var (fault, what) = worst.State switch
        {
            FragmentState.Warp => (KernelFault.Barrier, $"the warp comes to this barrier apart: lanes {Report.Lanes(worst.Mask)} of warp {first.Index} are here, " +
                $"lanes {Report.Lanes(first.Alive & ~worst.Mask)} are not and never come"),
            FragmentState.Lanes => (KernelFault.WarpMask, $"lanes {Report.Lanes(worst.Mask)} of warp {first.Index} name lanes {Report.Lanes(worst.Wanted & first.Alive & ~worst.Mask)} " +
                "in their member mask, which never come"),
            _ when (ids & (ids - 1)) == 0 => (KernelFault.Barrier, Missing(block, barriers[worst.Barrier]!, worst.Barrier)),
            _ => (KernelFault.Deadlock, "the threads of the block wait for each other for ever"),
        };
        return Report.Fault(fault, first, step, $"{where}: {what}{text}");
    }

    /// <summary>The fault of a launch that does not end.</summary>
    public static KernelFaultException Limit(BlockRun block, KernelLaunch launch)
    {
        var (pc, thread) = (launch.Kernel.Steps.Length - 1, 0);
        foreach (var warp in block.Warps)
        {
            if (warp.FragmentCount == 0) continue;
            (pc, thread) = (warp.Fragments[0].Pc, warp.Index * 32 + System.Numerics.BitOperations.TrailingZeroCount(warp.Fragments[0].Mask));
            break;
        }

        return Report.Fault(KernelFault.InstructionLimit, launch.Kernel, launch.Kernel.Steps[pc],
            $"the launch has run {launch.InstructionLimit} warp instructions without coming to its end; {Report.Thread(launch.Shape, block.Block, thread)} stands here");
    }

    private static string Missing(BlockRun block, BlockBarrier barrier, int id)
    {
        var exited = 0;
        foreach (var warp in block.Warps)
            if (warp.Alive == 0) exited++;
        return $"barrier {id} has {barrier.Threads(block.Warps)} of {(barrier.Count == 0 ? (uint)block.Threads : barrier.Count)} threads and nobody else can come" +
            (exited > 0 ? $" ({exited} of {block.Warps.Length} warps have exited)" : "");
    }

    private static string Describe(BlockRun block, Warp warp, in Fragment fragment) =>
        $"warp {warp.Index} lanes {Report.Lanes(fragment.Mask)} wait at {Report.Place(block.Kernel, fragment.Pc)}" +
        (fragment.State == FragmentState.Block ? $" for barrier {fragment.Barrier}" : "");

    private static int Rank(FragmentState state) => state switch { FragmentState.Warp => 3, FragmentState.Lanes => 2, _ => 1 };
}
