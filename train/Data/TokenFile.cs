using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SiaEngine.Train.Data;

/// <summary>
/// A shard of tokens: 256 little-endian int32 (20240520, version 1, token count, zeros), then uint16 tokens. Read in pieces, never as a whole.
/// </summary>
public sealed class TokenFile : IDisposable
{
    /// <summary>First number of the header.</summary>
    public const int Magic = 20240520;

    private const int HeaderBytes = 256 * sizeof(int);

    private readonly SafeFileHandle _handle;

    private TokenFile(string path, SafeFileHandle handle, long count) => (Path, _handle, Count) = (path, handle, count);

    /// <summary>Where the shard lies.</summary>
    public string Path { get; }

    /// <summary>Number of tokens.</summary>
    public long Count { get; }

    /// <summary>Whether a file starts like a shard.</summary>
    public static bool IsShard(string path)
    {
        Span<byte> head = stackalloc byte[sizeof(int)];
        using var stream = File.OpenRead(path);
        return stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && BinaryPrimitives.ReadInt32LittleEndian(head) == Magic;
    }

    /// <summary>Opens a shard and checks its header against its size.</summary>
    /// <exception cref="DataException">Wrong magic or version, or truncated.</exception>
    public static TokenFile Open(string path)
    {
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: cannot be read ({e.Message})", e);
        }

        try
        {
            Span<byte> header = stackalloc byte[3 * sizeof(int)];
            var length = RandomAccess.GetLength(handle);
            var read = RandomAccess.Read(handle, header, 0);
            if (read < header.Length || BinaryPrimitives.ReadInt32LittleEndian(header) is var magic && magic != Magic)
                throw new DataException($"{path}: not a token shard; the first number must be {Magic}");
            var version = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
            if (version != 1) throw new DataException($"{path}: shard version {version}; accepted is 1");
            long count = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
            if (count < 0 || length != HeaderBytes + count * sizeof(ushort))
                throw new DataException($"{path}: the header announces {count} tokens, which need {HeaderBytes + count * sizeof(ushort)} bytes; the file has {length}");
            return new TokenFile(path, handle, count);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Writes a shard, replacing the file only when it is complete.</summary>
    public static void Write(string path, IReadOnlyCollection<ushort[]> pieces)
    {
        var count = 0L;
        foreach (var piece in pieces) count += piece.Length;
        var temporary = path + ".partial";
        using (var stream = File.Create(temporary))
        {
            var header = new int[256];
            (header[0], header[1], header[2]) = (Magic, 1, checked((int)count));
            stream.Write(MemoryMarshal.AsBytes(header.AsSpan()));
            foreach (var piece in pieces) stream.Write(MemoryMarshal.AsBytes(piece.AsSpan()));
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Reads tokens from <paramref name="position"/> on.</summary>
    /// <exception cref="DataException">A token is not below <paramref name="vocabulary"/>.</exception>
    public void Read(long position, Span<ushort> tokens, int vocabulary)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position + tokens.Length, Count);
        var bytes = MemoryMarshal.AsBytes(tokens);
        var offset = HeaderBytes + position * sizeof(ushort);
        while (bytes.Length > 0)
        {
            var read = RandomAccess.Read(_handle, bytes, offset);
            if (read == 0) throw new DataException($"{Path}: ended while tokens were read");
            bytes = bytes[read..];
            offset += read;
        }

        for (var i = 0; i < tokens.Length; i++)
            if (tokens[i] >= vocabulary) throw new DataException($"{Path}: token {position + i} is {tokens[i]}; the vocabulary has ids 0 to {vocabulary - 1}");
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
