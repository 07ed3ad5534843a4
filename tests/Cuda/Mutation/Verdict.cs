using System.Runtime.InteropServices;
using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda.Mutation;

/// <summary>Outcome of a mutant, for a report which check it was, and whether the order had to be shuffled to see it.</summary>
internal readonly record struct Verdict(Outcome Outcome, KernelFault? Fault = null, string Message = "", bool Shuffled = false)
{
    /// <summary>Differences up to this part of the largest value count as last bits.</summary>
    private const float LastBits = 1e-5f;

    /// <summary>Instructions a mutant may take, in multiples of what the original took.</summary>
    private const int Patience = 20;

    /// <summary>Repeats the launches with the kernel in <paramref name="source"/>, one schedule after the other, up to the first difference.</summary>
    public static Verdict Of(PtxSource source, string entry, IReadOnlyList<RecordedLaunch> launches, params ReadOnlySpan<Schedule> schedules)
    {
        using var driver = new SimulatedDriver();
        nint function;
        try
        {
            function = driver.GetFunction(driver.LoadModule(source), entry);
        }
        catch (PtxException e)
        {
            return new(Outcome.Rejected, null, e.Message);
        }

        foreach (var schedule in schedules)
        {
            driver.Schedule = schedule;
            foreach (var launch in launches)
                if (Replay(driver, function, launch) is { Outcome: not Outcome.Survived } verdict) return verdict with { Shuffled = schedule.Mode == ScheduleMode.Shuffled };
        }

        return new(Outcome.Survived);
    }

    private static unsafe Verdict Replay(SimulatedDriver driver, nint function, RecordedLaunch launch)
    {
        var addresses = new ulong[launch.Buffers.Length];
        for (var i = 0; i < addresses.Length; i++)
        {
            var buffer = launch.Buffers[i];
            addresses[i] = (ulong)driver.Allocate((nuint)buffer.Before.Length);
            var allocation = driver.Memory.Find(addresses[i])!;
            buffer.Before.CopyTo(new Span<byte>(allocation.Data, buffer.Before.Length));
            buffer.WrittenBefore.CopyTo(new Span<ulong>(allocation.Written, buffer.WrittenBefore.Length));
        }

        var arguments = Array.ConvertAll(launch.Arguments, argument => argument.Extent == 0 ? argument : KernelArg.Memory((nint)Moved(argument.Bits), argument.Extent));
        driver.InstructionLimit = 10_000 + Patience * launch.WarpInstructions;
        if (launch.Shape.SharedBytes > 0) driver.SetDynamicShared(function, launch.Shape.SharedBytes);
        try
        {
            driver.Launch(function, launch.Shape, arguments);
        }
        catch (CudaException e) when (e.InnerException is KernelFaultException fault)
        {
            return fault.Fault == KernelFault.InstructionLimit ? new(Outcome.Limit, fault.Fault, fault.Message) : new(Outcome.Report, fault.Fault, fault.Message);
        }

        var outcome = Outcome.Survived;
        for (var i = 0; i < addresses.Length && outcome != Outcome.Result; i++)
        {
            var (bytes, written) = LaunchRecorder.Read(driver, addresses[i], launch.Buffers[i].After.Length);
            var found = Compare(launch.Buffers[i], bytes, written);
            if (found != Outcome.Survived) outcome = found;
            driver.Free((nint)addresses[i]);
        }

        return new(outcome);

        ulong Moved(ulong address)
        {
            var i = Array.FindIndex(launch.Buffers, buffer => address >= buffer.Address && address < buffer.Address + (ulong)buffer.Before.Length);
            return addresses[i] + (address - launch.Buffers[i].Address);
        }
    }

    private static Outcome Compare(RecordedBuffer expected, byte[] bytes, ulong[] written)
    {
        if (!written.AsSpan().SequenceEqual(expected.WrittenAfter)) return Outcome.Result;
        var a = MemoryMarshal.Cast<byte, float>(bytes);
        var b = MemoryMarshal.Cast<byte, float>(expected.After);
        var (same, difference, largest) = (true, 0f, 0f);
        for (var i = 0; i < a.Length; i++)
        {
            // Four bytes that were written as one; others hold whatever the host's memory held.
            if ((written[i / 16] >> i % 16 * 4 & 15) != 15) continue;
            if (float.IsFinite(b[i])) largest = Math.Max(largest, Math.Abs(b[i]));
            if (BitConverter.SingleToInt32Bits(a[i]) == BitConverter.SingleToInt32Bits(b[i])) continue;
            (same, difference) = (false, float.IsFinite(a[i] - b[i]) ? Math.Max(difference, Math.Abs(a[i] - b[i])) : float.PositiveInfinity);
        }

        for (var i = 0; i < bytes.Length; i++)
            if (bytes[i] != expected.After[i] && (written[i / 64] >> i % 64 & 1) != 0 && (i / 4 >= a.Length || (written[i / 4 / 16] >> i / 4 % 16 * 4 & 15) != 15)) return Outcome.Result;
        return same ? Outcome.Survived : difference <= LastBits * largest ? Outcome.Bits : Outcome.Result;
    }
}
