using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// Runs a warp. Of the fragments that can run the one with the lowest program counter does, until it reaches the next one and joins it: lanes that took
/// different ways meet again where the ways meet. A fragment that keeps looping while others wait lets them run.
/// </summary>
internal static unsafe class Interpreter
{
    private const int LoopsBeforeYield = 1024;
    private const int LoopsBeforeYieldIfSpinning = 48;

    /// <summary>Runs a warp until it waits or ends, at most <paramref name="budget"/> steps; returns the number of steps.</summary>
    public static int Run(BlockRun block, Warp warp, int budget)
    {
        var left = budget;
        while (left > 0 && !warp.Slept && Pick(block, warp) is var fragment and >= 0) left = RunFragment(block, warp, fragment, left);
        warp.Slept = false;
        return budget - left;
    }

    private static int Pick(BlockRun block, Warp warp)
    {
        var fragments = warp.Fragments;
        if (warp.FragmentCount == 1) return fragments[0].State == FragmentState.Ready ? 0 : -1;
        for (var i = 0; i < warp.FragmentCount; i++)
        {
            if (fragments[i].State != FragmentState.Ready) continue;
            for (var j = warp.FragmentCount - 1; j > i; j--)
            {
                if (fragments[j].State != FragmentState.Ready || fragments[j].Pc != fragments[i].Pc) continue;
                fragments[i].Mask |= fragments[j].Mask;
                fragments[i].Yielded &= fragments[j].Yielded;
                warp.RemoveFragment(j);
            }
        }

        int lowest = -1, rested = -1, ready = 0;
        for (var i = 0; i < warp.FragmentCount; i++)
        {
            if (fragments[i].State != FragmentState.Ready) continue;
            ready++;
            if (lowest < 0 || fragments[i].Pc < fragments[lowest].Pc) lowest = i;
            if (!fragments[i].Yielded && (rested < 0 || fragments[i].Pc < fragments[rested].Pc)) rested = i;
        }

        if (ready > 1 && block.Coin())
        {
            var choice = block.Below(ready);
            for (var i = 0; i < warp.FragmentCount; i++)
                if (fragments[i].State == FragmentState.Ready && choice-- == 0) return i;
        }

        if (rested >= 0 || lowest < 0) return rested;
        for (var i = 0; i < warp.FragmentCount; i++) fragments[i].Yielded = false;
        return lowest;
    }

    private static int RunFragment(BlockRun block, Warp warp, int index, int left)
    {
        ref var fragment = ref warp.Fragments[index];
        var (stop, alone) = Others(warp, index);
        var (pc, mask) = (fragment.Pc, fragment.Mask);
        var launch = warp.Launch;
        var steps = launch.Kernel.Steps;
        var checks = launch.Checks;
        var defined = warp.Defined;
        var (executions, lanes) = (warp.Counters.Executions, warp.Counters.ActiveLanes);
        var loops = launch.Kernel.MaySpin ? LoopsBeforeYieldIfSpinning : LoopsBeforeYield;
        while (left > 0 && pc < stop)
        {
            var step = steps[pc];
            var active = mask;
            left--;
            executions[pc]++;
            if (step.HasGuard)
            {
                var guard = step.Guard;
                if (checks && (defined[guard.Index] & mask) != mask) throw Report.Undefined(warp, step, guard.Index, mask);
                var value = warp.Predicate(guard);
                active &= step.GuardNegated ? ~value : value;
                if (active == 0)
                {
                    pc++;
                    continue;
                }
            }

            lanes[pc] += BitOperations.PopCount(active);
            if (checks)
            {
                foreach (var register in step.Reads)
                    if ((defined[register] & active) != active) throw Report.Undefined(warp, step, register, active);
            }

            switch (step.Class)
            {
                case StepKind.Plain:
                    step.Execute(warp, active);
                    foreach (var register in step.Writes) defined[register] |= active;
                    pc++;
                    continue;

                case StepKind.Branch:
                    var branch = (BranchStep)step;
                    if (active == mask)
                    {
                        var back = branch.Target <= pc;
                        pc = branch.Target;
                        if (!back || alone) continue;
                        if (++fragment.Loops < loops) break;
                        (fragment.Loops, fragment.Yielded) = (0, true);
                        break;
                    }

                    Diverge(warp, step, branch.Uniform, active, mask);
                    warp.Add(active, branch.Target);
                    mask &= ~active;
                    pc++;
                    break;

                case StepKind.WarpSync:
                    if (((WarpSyncStep)step).Members(warp, active) is var members && (active & ~members) == 0 && (members & warp.Alive & ~active) == 0)
                    {
                        step.Execute(warp, active);
                        foreach (var register in step.Writes) defined[register] |= active;
                        pc++;
                        continue;
                    }

                    Meet(warp, index, (WarpSyncStep)step, mask, active);
                    return left;

                case StepKind.Barrier:
                    block.Arrive(warp, index, (BarrierStep)step, mask, active);
                    return left;

                case StepKind.Exit:
                    mask &= ~active;
                    fragment.Mask = mask;
                    fragment.Pc = ++pc;
                    if (mask == 0) warp.RemoveFragment(index);
                    Exit(block, warp, active);
                    if (mask == 0) return left;
                    break;

                case StepKind.Clock:
                    SpecialValues.FillClocks(warp);
                    goto case StepKind.Plain;

                case StepKind.BranchTable:
                    Jump(warp, index, (BranchTableStep)step, mask, active);
                    return left;

                case StepKind.Sleep:
                    warp.Slept = true;
                    fragment.Yielded = true;
                    pc++;
                    break;

                default:
                    throw Report.Fault(KernelFault.Trap, warp, step, $"{Report.Thread(warp, BitOperations.TrailingZeroCount(active))} stopped the kernel");
            }

            break;
        }

        (fragment.Pc, fragment.Mask) = (pc, mask);
        return left;
    }

    /// <summary>Lowest program counter above this fragment's among those that can run, and whether there are none.</summary>
    private static (int Stop, bool Alone) Others(Warp warp, int index)
    {
        var (stop, alone) = (int.MaxValue, true);
        var pc = warp.Fragments[index].Pc;
        for (var i = 0; i < warp.FragmentCount; i++)
        {
            if (i == index || warp.Fragments[i].State != FragmentState.Ready) continue;
            alone = false;
            if (warp.Fragments[i].Pc > pc) stop = Math.Min(stop, warp.Fragments[i].Pc);
        }

        return (stop, alone);
    }

    private static void Diverge(Warp warp, Step step, bool uniform, uint active, uint mask)
    {
        warp.Counters.Divergences[step.Pc]++;
        if (uniform)
        {
            throw Report.Fault(KernelFault.Divergence, warp, step,
                $"a uniform branch that lanes {Report.Lanes(active)} of warp {warp.Index}, block {Report.Block(warp.Launch.Shape, warp.Block)} take and lanes {Report.Lanes(mask & ~active)} do not");
        }
    }

    private static void Exit(BlockRun block, Warp warp, uint lanes)
    {
        warp.Exited |= lanes;
        for (var i = 0; i < warp.FragmentCount; i++)
        {
            ref var fragment = ref warp.Fragments[i];
            if (fragment.State is not (FragmentState.Lanes or FragmentState.Warp)) continue;
            fragment.State = FragmentState.Ready;
            warp.Counters.ActiveLanes[fragment.Pc] -= BitOperations.PopCount(fragment.Mask);
        }

        block.Exited();
    }

    private static void Jump(Warp warp, int index, BranchTableStep step, uint mask, uint active)
    {
        warp.RemoveFragment(index);
        if (mask != active) warp.Add(mask & ~active, step.Pc + 1);
        var all = active;
        while (active != 0)
        {
            var lane = BitOperations.TrailingZeroCount(active);
            var target = warp.Lane<uint>(step.Index, lane);
            if (target >= step.Targets.Length)
                throw Report.Fault(KernelFault.OutOfBounds, warp, step, $"{Report.Thread(warp, lane)} jumps to target {target} of {step.Targets.Length}");
            var same = 0u;
            for (var rest = active; rest != 0; rest &= rest - 1)
            {
                var other = BitOperations.TrailingZeroCount(rest);
                if (warp.Lane<uint>(step.Index, other) == target) same |= 1u << other;
            }

            if (same != mask) Diverge(warp, step, step.Uniform && same != all, same, all);
            warp.Add(same, step.Targets[target]);
            active &= ~same;
        }
    }

    /// <summary>Lanes that come to a warp-synchronous step while others are missing, or whose member masks differ.</summary>
    private static void Meet(Warp warp, int index, WarpSyncStep step, uint mask, uint active)
    {
        warp.RemoveFragment(index);
        if (mask != active) warp.Add(mask & ~active, step.Pc + 1);
        for (var i = warp.FragmentCount - 1; i >= 0; i--)
        {
            if (warp.Fragments[i].State != FragmentState.Lanes || warp.Fragments[i].Pc != step.Pc) continue;
            active |= warp.Fragments[i].Mask;
            warp.RemoveFragment(i);
        }

        while (active != 0)
        {
            var lane = BitOperations.TrailingZeroCount(active);
            var members = step.Members(warp, 1u << lane);
            if ((members >> lane & 1) == 0)
                throw Report.Fault(KernelFault.WarpMask, warp, step, $"{Report.Thread(warp, lane)}, lane {lane}, is not in its own member mask 0x{members:x8}");
            var here = 0u;
            for (var rest = active & members; rest != 0; rest &= rest - 1)
            {
                var other = BitOperations.TrailingZeroCount(rest);
                if (step.Members(warp, 1u << other) == members) here |= 1u << other;
            }

            if ((members & warp.Alive & ~here) == 0)
            {
                step.Execute(warp, here);
                foreach (var register in step.Writes) warp.SetDefined(register, here);
                warp.Add(here, step.Pc + 1);
            }
            else
            {
                warp.Park(new Fragment { Mask = here, Pc = step.Pc, State = FragmentState.Lanes, Wanted = members });
            }

            active &= ~here;
        }
    }
}
