using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SiaEngine.Train.Data;

/// <summary>
/// A shard of tokens, the <c>.bin</c> format of the paper's training data: 256 little-endian int32 (magic 20240520, version 1, token count, zeros),
/// then that many little-endian uint16 tokens. Read in pieces from disk, never as a whole.
/// </summary>
public sealed class TokenFile : IDisposable
{
    /// <summary>First int32 of the header.</summary>
    public const int Magic = 20240520;

    /// <summary>Second int32 of the header.</summary>
    public const int Version = 1;

    /// <summary>1024 bytes before the first token.</summary>
    public const int HeaderBytes = 256 * sizeof(int);

    private readonly SafeFileHandle _handle;

    private TokenFile(string path, SafeFileHandle handle, long count) => (Path, _handle, Count) = (path, handle, count);

    /// <summary>Where the file is.</summary>
    public string Path { get; }

    /// <summary>Number of tokens.</summary>
    public long Count { get; }

    /// <summary>Opens a shard and checks header and length; ids are checked as they are read.</summary>
    /// <exception cref="DataException">Unreadable, wrong magic or version, or not as long as the header says.</exception>
    public static TokenFile Open(string path)
    {
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path, options: FileOptions.RandomAccess);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataException.Unreadable(path, e);
        }

        try
        {
            return new TokenFile(path, handle, CheckedCount(path, handle));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Reads tokens from <paramref name="position"/> on; allocates nothing.</summary>
    /// <exception cref="DataException">A token is not below <paramref name="vocabulary"/>, or the file has become shorter.</exception>
    public void Read(long position, Span<ushort> tokens, int vocabulary)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position + tokens.Length, Count);
        ReadBytes(MemoryMarshal.AsBytes(tokens), HeaderBytes + position * sizeof(ushort));
        if (!BitConverter.IsLittleEndian) BinaryPrimitives.ReverseEndianness(tokens, tokens);
        for (var i = 0; i < tokens.Length; i++)
            if (tokens[i] >= vocabulary)
                throw new DataException($"{Path}: token {position + i} is {tokens[i]}, beyond the vocabulary of {vocabulary} "
                    + $"(ids 0..{vocabulary - 1})");
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static long CheckedCount(string path, SafeFileHandle handle)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        var length = RandomAccess.GetLength(handle);
        if (length < 4) throw new DataException($"{path}: truncated token shard: {length} bytes; the header alone is {HeaderBytes}");
        var got = RandomAccess.Read(handle, header, 0);
        var magic = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (magic != Magic) throw new DataException($"{path}: not a token shard: begins with {magic}; must begin with {Magic}");
        if (got < HeaderBytes) throw new DataException($"{path}: truncated token shard: {length} bytes; the header alone is {HeaderBytes}");
        var version = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        if (version != Version) throw new DataException($"{path}: token shard of version {version}; only version {Version} is known");
        var count = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        if (count < 0) throw new DataException($"{path}: the header announces {count} tokens");
        var expected = HeaderBytes + (long)count * sizeof(ushort);
        var announced = $"the header announces {count} tokens ({expected} bytes)";
        if (length < expected) throw new DataException($"{path}: truncated token shard: {announced}, the file has {length} bytes");
        if (length > expected) throw new DataException($"{path}: {announced}, the file has {length - expected} bytes more");
        return count;
    }

    private void ReadBytes(Span<byte> bytes, long offset)
    {
        while (bytes.Length > 0)
        {
            int got;
            try
            {
                got = RandomAccess.Read(_handle, bytes, offset);
            }
            catch (IOException e)
            {
                throw DataException.Unreadable(Path, e);
            }

            if (got == 0) throw new DataException($"{Path}: truncated token shard: ends at byte {offset}, has become shorter since it was opened");
            bytes = bytes[got..];
            offset += got;
        }
    }
}
