using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>Counts what an access costs: sectors of global memory, wavefronts of shared memory.</summary>
internal static unsafe class AccessCounts
{
    /// <summary>Bytes of a sector.</summary>
    public const int SectorBytes = 32;

    /// <summary>Banks of shared memory, 4 bytes wide.</summary>
    public const int Banks = 32;

    /// <summary>
    /// One request: the 32-byte sectors it touches, and the fewest its distinct bytes fit in. All accesses are aligned and at most 16 bytes, so none straddles a sector.
    /// </summary>
    public static void Global(KernelCounters counters, int pc, uint mask, ulong* addresses, int bytes, bool reads, bool writes)
    {
        var distinct = stackalloc ulong[32];
        var sectors = stackalloc ulong[32];
        int n = 0, s = 0;
        ulong highest = 0, highestSector = 0;
        for (var lanes = mask; lanes != 0; lanes &= lanes - 1)
        {
            var address = addresses[BitOperations.TrailingZeroCount(lanes)];
            if (n == 0 || address > highest) distinct[n++] = highest = address;
            else if (address == highest || new ReadOnlySpan<ulong>(distinct, n).Contains(address)) continue;
            else distinct[n++] = address;
            var sector = address / SectorBytes;
            if (s == 0 || sector > highestSector) sectors[s++] = highestSector = sector;
            else if (sector != highestSector && !new ReadOnlySpan<ulong>(sectors, s).Contains(sector)) sectors[s++] = sector;
        }

        var asked = (long)BitOperations.PopCount(mask) * bytes;
        counters.GlobalRequests[pc]++;
        counters.GlobalSectors[pc] += s;
        counters.GlobalIdealSectors[pc] += (n * bytes + SectorBytes - 1) / SectorBytes;
        if (reads) counters.GlobalBytesRead[pc] += asked;
        if (writes) counters.GlobalBytesWritten[pc] += asked;
    }

    /// <summary>As <see cref="Global"/> for 32 adjacent accesses.</summary>
    public static void GlobalRow(KernelCounters counters, int pc, ulong address, int bytes, bool reads, bool writes)
    {
        var size = 32 * bytes;
        counters.GlobalRequests[pc]++;
        counters.GlobalSectors[pc] += (long)((address + (ulong)size - 1) / SectorBytes - address / SectorBytes) + 1;
        counters.GlobalIdealSectors[pc] += size / SectorBytes;
        if (reads) counters.GlobalBytesRead[pc] += size;
        if (writes) counters.GlobalBytesWritten[pc] += size;
    }

    /// <summary>As <see cref="Shared"/> for 32 adjacent accesses: no bank is wanted twice.</summary>
    public static void SharedRow(KernelCounters counters, int pc, int bytes)
    {
        var wavefronts = Math.Max(1, bytes / 4);
        counters.SharedRequests[pc]++;
        counters.SharedWavefronts[pc] += wavefronts;
        counters.SharedIdealWavefronts[pc] += wavefronts;
    }

    /// <summary>
    /// One request: 8-byte accesses go by half-warps, 16-byte ones by quarter-warps; each part takes as many wavefronts as the most words any bank has to deliver.
    /// Lanes that touch the same word share it. Without conflicts every part that has a lane takes one.
    /// </summary>
    public static void Shared(KernelCounters counters, int pc, uint mask, ulong* addresses, int bytes)
    {
        var part = bytes <= 4 ? 32 : 128 / bytes;
        int wavefronts = 0, ideal = 0;
        for (var first = 0; first < 32; first += part)
        {
            var lanes = part == 32 ? mask : mask >> first & (1u << part) - 1;
            if (lanes == 0) continue;
            ideal++;
            wavefronts += Wavefronts(lanes, addresses + first, bytes);
        }

        counters.SharedRequests[pc]++;
        counters.SharedWavefronts[pc] += wavefronts;
        counters.SharedIdealWavefronts[pc] += ideal;
    }

    private static int Wavefronts(uint lanes, ulong* addresses, int bytes)
    {
        var words = stackalloc ulong[32];
        var load = stackalloc int[Banks];
        int n = 0, most = 1;
        ulong highest = 0, banks = 0;
        for (; lanes != 0; lanes &= lanes - 1)
        {
            var word = addresses[BitOperations.TrailingZeroCount(lanes)] / 4;
            for (var end = word + (ulong)(bytes + 3) / 4; word < end; word++)
            {
                if (n == 0 || word > highest) highest = word;
                else if (word == highest || new ReadOnlySpan<ulong>(words, n).Contains(word)) continue;
                words[n++] = word;
                var bank = (int)(word & (Banks - 1));
                if ((banks >> bank & 1) == 0)
                {
                    banks |= 1UL << bank;
                    load[bank] = 1;
                }
                else
                {
                    most = Math.Max(most, ++load[bank]);
                }
            }
        }

        return most;
    }
}
