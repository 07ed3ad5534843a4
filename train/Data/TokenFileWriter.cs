using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace SiaEngine.Train.Data;

/// <summary>Writes a <see cref="TokenFile"/>; the file appears when <see cref="Commit"/> has written all of it, or not at all.</summary>
public sealed class TokenFileWriter : IDisposable
{
    private readonly string _path, _temporary;
    private readonly FileStream _stream;

    /// <summary>Starts a shard that will be <paramref name="path"/>.</summary>
    public TokenFileWriter(string path)
    {
        (_path, _temporary) = (path, AtomicFile.TemporaryName(path));
        // Unbuffered, so that closing after a failed write (disk full) has nothing left to fail on.
        _stream = new FileStream(_temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        _stream.Write(stackalloc byte[TokenFile.HeaderBytes]);
    }

    /// <summary>Tokens so far.</summary>
    public long Count { get; private set; }

    /// <summary>Writes a whole shard.</summary>
    public static void Write(string path, ReadOnlySpan<ushort> tokens)
    {
        using var writer = new TokenFileWriter(path);
        writer.Append(tokens);
        writer.Commit();
    }

    /// <summary>Adds tokens.</summary>
    /// <exception cref="DataException">More than the header's int32 can count.</exception>
    public void Append(ReadOnlySpan<ushort> tokens)
    {
        Count += tokens.Length;
        if (Count > int.MaxValue) throw new DataException($"{_path}: more than {int.MaxValue} tokens in one shard; split the corpus");
        if (BitConverter.IsLittleEndian)
        {
            _stream.Write(MemoryMarshal.AsBytes(tokens));
            return;
        }

        var swapped = new ushort[tokens.Length];
        BinaryPrimitives.ReverseEndianness(tokens, swapped);
        _stream.Write(MemoryMarshal.AsBytes(swapped.AsSpan()));
    }

    /// <summary>Completes the header, flushes to disk and gives the file its name, replacing an older one.</summary>
    public void Commit()
    {
        Span<byte> header = stackalloc byte[12];
        BinaryPrimitives.WriteInt32LittleEndian(header, TokenFile.Magic);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], TokenFile.Version);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], (int)Count);
        _stream.Position = 0;
        _stream.Write(header);
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
        File.Move(_temporary, _path, overwrite: true);
    }

    /// <summary>Removes an uncommitted file.</summary>
    public void Dispose()
    {
        _stream.Dispose();
        File.Delete(_temporary);
    }
}
