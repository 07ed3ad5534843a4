namespace SiaEngine.SimulatedCuda;

/// <summary>
/// Page-locked host memory. What the library allocates is a device allocation too, whose bytes the host touches directly: kernels reach it by the address that
/// <c>cuMemHostGetDevicePointer</c> gives. What the program registers is only known to be pinned.
/// </summary>
internal static unsafe class PinnedMemory
{
    private static readonly SortedList<nint, Block> Blocks = [];

    /// <summary>A block.</summary>
    /// <param name="Context">Context it was made in.</param>
    /// <param name="Bytes">Size.</param>
    /// <param name="Device">Its device address; 0 for registered memory.</param>
    internal sealed record Block(Context Context, nuint Bytes, ulong Device)
    {
        /// <summary>Whether kernels may touch it: its device address was given out.</summary>
        public bool IsMapped { get; set; }
    }

    /// <summary>New pinned memory.</summary>
    public static nint Allocate(Context context, nuint bytes)
    {
        if (bytes == 0) throw new CuException(CuResult.InvalidValue, "an allocation of 0 bytes");
        ulong device;
        try
        {
            device = context.Driver.Memory.Allocate(bytes, $"pinned host memory of {bytes} bytes");
        }
        catch (OutOfMemoryException)
        {
            throw new CuException(CuResult.OutOfMemory);
        }

        // The host writes these bytes without telling anybody: they count as written.
        var host = context.Host(device, bytes, write: true);
        NativeMemory.Clear(host, bytes);
        Blocks.Add((nint)host, new Block(context, bytes, device));
        return (nint)host;
    }

    /// <summary>Frees what <see cref="Allocate"/> gave.</summary>
    public static void Free(string call, nint host)
    {
        if (!Blocks.TryGetValue(host, out var block) || block.Device == 0) throw new CuException(CuResult.InvalidValue, $"0x{host:x} was not allocated as pinned host memory");
        ReportUse(call, host, block);
        Blocks.Remove(host);
        block.Context.Driver.Free((nint)block.Device);
    }

    /// <summary>Pins memory of the program.</summary>
    public static void Register(Context context, nint host, nuint bytes)
    {
        if (host == 0 || bytes == 0) throw new CuException(CuResult.InvalidValue);
        if (Find(host) is not null || Find(host + (nint)bytes - 1) is not null) throw new CuException(CuResult.HostMemoryAlreadyRegistered);
        Blocks.Add(host, new Block(context, bytes, 0));
    }

    /// <summary>Unpins what <see cref="Register"/> pinned.</summary>
    public static void Unregister(string call, nint host)
    {
        if (!Blocks.TryGetValue(host, out var block) || block.Device != 0) throw new CuException(CuResult.HostMemoryNotRegistered, $"0x{host:x} was not registered");
        ReportUse(call, host, block);
        Blocks.Remove(host);
    }

    /// <summary>The block that holds an address, with its start, or null.</summary>
    public static (nint Start, Block Block)? Find(nint host)
    {
        var (low, high) = (0, Blocks.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var (start, block) = (Blocks.GetKeyAtIndex(middle), Blocks.GetValueAtIndex(middle));
            if (host < start) high = middle - 1;
            else if ((nuint)(host - start) >= block.Bytes) low = middle + 1;
            else return (start, block);
        }

        return null;
    }

    /// <summary>Whether all bytes are pinned.</summary>
    public static bool Holds(nint host, nuint bytes) => Find(host) is { } found && (nuint)(host - found.Start) + bytes <= found.Block.Bytes;

    /// <summary>Whether all bytes are pinned and only the host and copies write them.</summary>
    public static bool IsHostsAlone(nint host, nuint bytes) => Holds(host, bytes) && !Find(host)!.Value.Block.IsMapped;

    /// <summary>Forgets the blocks of a context that is destroyed.</summary>
    public static void Forget(Context context)
    {
        for (var i = Blocks.Count - 1; i >= 0; i--)
            if (Blocks.GetValueAtIndex(i).Context == context) Blocks.RemoveAt(i);
    }

    private static void ReportUse(string call, nint host, Block block)
    {
        foreach (var stream in block.Context.Streams)
        {
            if (stream.PendingIn(host, block.Bytes) is { } pending)
                Report.Line($"{call}: 0x{host:x} is freed while {pending} may still run on it: nothing has waited for its stream since");
        }
    }
}
