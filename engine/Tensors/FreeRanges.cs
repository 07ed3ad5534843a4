namespace SiaEngine;

/// <summary>
/// Free ranges of large pieces of memory obtained from a device: a request takes the smallest range it fits in and leaves the rest, neighbours merge when they
/// come back. So memory serves requests of any size, as when the gradients of a backward pass take the place of the activations it has used.
/// </summary>
internal sealed class FreeRanges
{
    /// <summary>Largest piece obtained for requests smaller than itself.</summary>
    private const nuint LargestPiece = 64 << 20;

    // In the order of addresses; few, so that scans are short.
    private readonly List<Range> _free = [];
    private readonly List<(nint Address, nuint Bytes)> _pieces = [];
    private nuint _obtained;

    /// <summary>Takes memory out of a free range; false if there is none large enough.</summary>
    public bool TryTake(nuint bytes, out nint address)
    {
        var best = -1;
        for (var i = 0; i < _free.Count; i++)
            if (_free[i].Bytes >= bytes && (best < 0 || _free[i].Bytes < _free[best].Bytes)) best = i;
        address = best < 0 ? 0 : _free[best].Address;
        if (best < 0) return false;
        var range = _free[best];
        if (range.Bytes == bytes) _free.RemoveAt(best);
        else _free[best] = range with { Address = range.Address + (nint)bytes, Bytes = range.Bytes - bytes };
        return true;
    }

    /// <summary>Size of the piece to obtain when a request fits nowhere: as much as there is already, within limits.</summary>
    public nuint PieceFor(nuint bytes) => Math.Max(bytes, Math.Min(LargestPiece, _obtained));

    /// <summary>Adds a new piece of memory, all of it free.</summary>
    public void Add(nint address, nuint bytes)
    {
        _pieces.Add((address, bytes));
        _obtained += bytes;
        Give(address, bytes);
    }

    /// <summary>Takes memory back and merges it with free neighbours of its piece.</summary>
    public void Give(nint address, nuint bytes)
    {
        var piece = Piece(address);
        var at = 0;
        while (at < _free.Count && _free[at].Address < address) at++;
        if (at > 0 && _free[at - 1] is var before && before.Piece == piece && before.Address + (nint)before.Bytes == address)
        {
            (address, bytes) = (before.Address, before.Bytes + bytes);
            _free.RemoveAt(--at);
        }

        if (at < _free.Count && _free[at] is var after && after.Piece == piece && address + (nint)bytes == after.Address)
        {
            bytes += after.Bytes;
            _free.RemoveAt(at);
        }

        _free.Insert(at, new Range(address, bytes, piece));
    }

    /// <summary>Takes out a piece that is free as a whole; false if there is none.</summary>
    public bool TryRemovePiece(out nint address, out nuint bytes)
    {
        for (var i = 0; i < _pieces.Count; i++)
        {
            (address, bytes) = _pieces[i];
            var whole = _free.IndexOf(new Range(address, bytes, address));
            if (whole < 0) continue;
            _free.RemoveAt(whole);
            _pieces.RemoveAt(i);
            _obtained -= bytes;
            return true;
        }

        (address, bytes) = (0, 0);
        return false;
    }

    private nint Piece(nint address)
    {
        foreach (var (start, bytes) in _pieces)
            if (address >= start && address < start + (nint)bytes) return start;
        throw new ArgumentOutOfRangeException(nameof(address));
    }

    private readonly record struct Range(nint Address, nuint Bytes, nint Piece);
}
