using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using SiaEngine.Train.Data;

namespace SiaEngine.Tests.Train.Data;

public sealed class TokenFileTests : IDisposable
{
    private static readonly Gen<ushort> Id = Gen.Choose(0, ushort.MaxValue).Select(id => (ushort)id);
    private static readonly Gen<ushort[]> Tokens = Gen.Choose(0, 300).SelectMany(n => Gen.ArrayOf(Id, n));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_written_is_read() => Property.Holds(Tokens.Two(), parts =>
    {
        var path = _folder["t.bin"];
        using (var writer = new TokenFileWriter(path))
        {
            writer.Append(parts.Item1);
            writer.Append(parts.Item2);
            writer.Commit();
        }

        ushort[] all = [.. parts.Item1, .. parts.Item2];
        using var file = TokenFile.Open(path);
        Assert.Equal(all.Length, file.Count);
        for (var start = 0; start <= all.Length; start += 1 + all.Length / 5)
        {
            var read = new ushort[(all.Length - start) / 2];
            file.Read(start, read, 65_536);
            Assert.Equal(all[start..(start + read.Length)], read);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => file.Read(all.Length, new ushort[1], 65_536));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Read(-1, new ushort[1], 65_536));
    });

    [Fact]
    public void The_layout_is_the_published_one()
    {
        TokenFileWriter.Write(_folder["t.bin"], [50_256, 1]);
        var bytes = File.ReadAllBytes(_folder["t.bin"]);
        Assert.Equal(1024 + 4, bytes.Length);
        Assert.Equal([20240520, 1, 2, 0], Enumerable.Range(0, 4).Select(i => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4 * i))));
        Assert.True(bytes.AsSpan(12, 1012).IndexOfAnyExcept((byte)0) < 0);
        Assert.Equal([0x50, 0xC4, 1, 0], bytes[1024..]);
    }

    [Fact]
    public void An_abandoned_file_leaves_nothing_and_harms_nothing()
    {
        TokenFileWriter.Write(_folder["t.bin"], [1, 2, 3]);
        using (var writer = new TokenFileWriter(_folder["t.bin"])) writer.Append([9]);
        using var file = TokenFile.Open(_folder["t.bin"]);
        Assert.Equal(3, file.Count);
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData(0, 0, 1, "truncated token shard: 0 bytes; the header alone is 1024")]
    [InlineData(500, 20240520, 1, "truncated token shard: 500 bytes; the header alone is 1024")]
    [InlineData(1024 + 6, 20240521, 1, "not a token shard: begins with 20240521; must begin with 20240520")]
    [InlineData(1024 + 6, 20240520, 2, "token shard of version 2; only version 1 is known")]
    [InlineData(1024 + 5, 20240520, 1, "truncated token shard: the header announces 3 tokens (1030 bytes), the file has 1029 bytes")]
    [InlineData(1024 + 8, 20240520, 1, "the header announces 3 tokens (1030 bytes), the file has 2 bytes more")]
    public void Broken_shards_say_what_is_wrong(int length, int magic, int version, string message)
    {
        var bytes = new byte[Math.Max(length, 12)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, magic);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), 3);
        var path = _folder.Write("t.bin", bytes[..length]);
        Assert.Equal($"{path}: {message}", Refusal.Of(() => TokenFile.Open(path)));
    }

    [Fact]
    public void A_negative_count_is_refused()
    {
        TokenFileWriter.Write(_folder["t.bin"], [1]);
        var bytes = File.ReadAllBytes(_folder["t.bin"]);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), -1);
        _folder.Write("t.bin", bytes);
        Assert.Equal($"{_folder["t.bin"]}: the header announces -1 tokens", Refusal.Of(() => TokenFile.Open(_folder["t.bin"])));
    }

    [Fact]
    public void Missing_files_and_ids_beyond_the_vocabulary_name_the_file()
    {
        Assert.StartsWith($"{_folder["no.bin"]}: cannot be read: ", Refusal.Of(() => TokenFile.Open(_folder["no.bin"])), StringComparison.Ordinal);
        TokenFileWriter.Write(_folder["t.bin"], [1, 2, 256, 3]);
        using var file = TokenFile.Open(_folder["t.bin"]);
        file.Read(1, new ushort[3], 257);
        var error = Assert.Throws<DataException>(() => file.Read(1, new ushort[3], 256));
        Assert.Equal($"{_folder["t.bin"]}: token 2 is 256, beyond the vocabulary of 256 (ids 0..255)", error.Message);
    }
}
