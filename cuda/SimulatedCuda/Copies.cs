namespace SiaEngine.SimulatedCuda;

/// <summary>Copies and fills, the same for synchronous and asynchronous calls.</summary>
internal static unsafe class Copies
{
    /// <summary>Copies between any two of host and device; an address tells which it is.</summary>
    /// <param name="call">The call, for reports.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="source">Where from.</param>
    /// <param name="bytes">How much.</param>
    /// <param name="stream">Stream of an asynchronous copy; null for one that is done when the call returns.</param>
    public static CuResult Any(string call, ulong destination, ulong source, nuint bytes, nint? stream) => Call.InContext(call, context =>
    {
        var (toDevice, fromDevice) = (Context.IsDevice(destination), Context.IsDevice(source));
        return Submit(call, context, stream, bytes, toDevice && !fromDevice ? source : !toDevice && fromDevice ? destination : 0, toDevice, () =>
        {
            if (toDevice && fromDevice) context.Driver.Memory.Copy(source, destination, bytes);
            else if (toDevice) Buffer.MemoryCopy((void*)source, context.Host(destination, bytes, write: true), bytes, bytes);
            else if (fromDevice) Buffer.MemoryCopy(context.Host(source, bytes, write: false), (void*)destination, bytes, bytes);
            else Buffer.MemoryCopy((void*)source, (void*)destination, bytes, bytes);
        });
    });

    /// <summary>Host to device.</summary>
    public static CuResult ToDevice(string call, ulong destination, void* source, nuint bytes, nint? stream) => Call.InContext(call, context =>
    {
        if (bytes == 0) return CuResult.Success;
        if (source is null) return CuResult.InvalidValue;
        context.Host(destination, bytes, write: false);
        return Submit(call, context, stream, bytes, (ulong)source, true, () => Buffer.MemoryCopy(source, context.Host(destination, bytes, write: true), bytes, bytes));
    });

    /// <summary>Device to host.</summary>
    public static CuResult ToHost(string call, void* destination, ulong source, nuint bytes, nint? stream) => Call.InContext(call, context =>
    {
        if (bytes == 0) return CuResult.Success;
        if (destination is null) return CuResult.InvalidValue;
        context.Host(source, bytes, write: false);
        return Submit(call, context, stream, bytes, (ulong)destination, false, () => Buffer.MemoryCopy(context.Host(source, bytes, write: false), destination, bytes, bytes));
    });

    /// <summary>Within the device.</summary>
    public static CuResult OnDevice(string call, ulong destination, ulong source, nuint bytes, nint? stream) => Call.InContext(call, context =>
    {
        if (bytes == 0) return CuResult.Success;
        context.Host(source, bytes, write: false);
        context.Host(destination, bytes, write: false);
        return Submit(call, context, stream, bytes, 0, true, () => context.Driver.Memory.Copy(source, destination, bytes));
    });

    /// <summary>Sets <paramref name="count"/> elements of 1, 2 or 4 bytes.</summary>
    public static CuResult Fill(string call, ulong address, uint value, int size, nuint count, nint? stream) => Call.InContext(call, context =>
    {
        var bytes = checked(count * (nuint)size);
        if (bytes == 0) return CuResult.Success;
        if (address % (uint)size != 0) throw new CuException(CuResult.InvalidValue, $"0x{address:x} is not a multiple of {size}");
        context.Host(address, bytes, write: false);
        return Submit(call, context, stream, bytes, 0, true, () =>
        {
            var at = context.Host(address, bytes, write: true);
            if (size == 1) NativeMemory.Fill(at, bytes, (byte)value);
            else if (size == 2) for (nuint i = 0; i < count; i++) ((ushort*)at)[i] = (ushort)value;
            else for (nuint i = 0; i < count; i++) ((uint*)at)[i] = value;
        });
    });

    private static CuResult Submit(string call, Context context, nint? stream, nuint bytes, ulong host, bool fromHost, Action work)
    {
        var target = context.Stream(stream ?? 0);
        if (bytes == 0) return CuResult.Success;
        target.Submit(call, work);
        if (stream is null) context.CompleteBlocking();
        else if (host != 0) target.Note(call, (nint)host, bytes, fromHost);
        return CuResult.Success;
    }
}
