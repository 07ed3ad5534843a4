using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace SiaEngine.Model;

/// <summary>
/// The safetensors format: 8 bytes of header length, a JSON header with dtype, shape and byte range of each tensor, then the data. Tensors stream through
/// a small buffer, so the file may be larger than free memory.
/// </summary>
public static class SafeTensors
{
    private const int LargestHeader = 100 << 20;
    private const int BufferBytes = 1 << 20;
    private const string MetadataKey = "__metadata__";

    /// <summary>Writes tensors under their names, in this order.</summary>
    public static void Write(Stream stream, IReadOnlyList<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var header = Header(tensors, metadata);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            foreach (var (_, tensor) in tensors)
            {
                for (nuint done = 0; done < tensor.Bytes;)
                {
                    var piece = buffer.AsSpan(0, (int)Math.Min((nuint)BufferBytes, tensor.Bytes - done));
                    tensor.Device.CopyToHost(tensor.Address + (nint)done, piece);
                    stream.Write(piece);
                    done += (nuint)piece.Length;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// Reads a file into tensors of the same names, dtypes and shapes. Nothing is written to any of them unless the whole file fits: every tensor present, none
    /// extra, ranges without holes or overlaps, the data complete.
    /// </summary>
    /// <exception cref="CheckpointException">The file does not fit; the message says where.</exception>
    public static void Read(string path, IReadOnlyList<(string Name, Tensor Value)> tensors)
    {
        using var stream = Open(path);
        var (entries, _, start) = Index(path, stream);
        foreach (var (name, tensor) in tensors)
        {
            if (!entries.TryGetValue(name, out var entry)) throw new CheckpointException($"{path}: tensor '{name}' is missing; expected {tensor}");
            if (entry.Shape != tensor.Shape || entry.DType != tensor.DType)
                throw new CheckpointException($"{path}: tensor '{name}' is {entry.Shape} {entry.DType.Name}; expected {tensor}");
        }

        foreach (var name in entries.Keys)
            if (!tensors.Any(tensor => tensor.Name == name)) throw new CheckpointException($"{path}: tensor '{name}' belongs to nothing here; expected are {tensors.Count} tensors, first '{tensors[0].Name}'");
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            foreach (var (name, tensor) in tensors)
            {
                stream.Position = start + entries[name].Begin;
                for (nuint done = 0; done < tensor.Bytes;)
                {
                    var piece = buffer.AsSpan(0, (int)Math.Min((nuint)BufferBytes, tensor.Bytes - done));
                    stream.ReadExactly(piece);
                    tensor.Device.CopyFromHost(piece, tensor.Address + (nint)done);
                    done += (nuint)piece.Length;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Name, dtype and shape of every tensor in a file, and its metadata.</summary>
    /// <exception cref="CheckpointException">The file is malformed.</exception>
    public static (IReadOnlyDictionary<string, (DType DType, Shape Shape)> Tensors, IReadOnlyDictionary<string, string> Metadata) Describe(string path)
    {
        using var stream = Open(path);
        var (entries, metadata, _) = Index(path, stream);
        return (entries.ToDictionary(pair => pair.Key, pair => (pair.Value.DType, pair.Value.Shape)), metadata);
    }

    private static FileStream Open(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be read ({e.Message})", e);
        }
    }

    private static byte[] Header(IReadOnlyList<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(MetadataKey);
                foreach (var (key, value) in metadata) json.WriteString(key, value);
                json.WriteEndObject();
            }

            var offset = 0L;
            foreach (var (name, tensor) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", tensor.DType.Name.ToUpperInvariant());
                json.WriteStartArray("shape");
                foreach (var extent in tensor.Shape) json.WriteNumberValue(extent);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += (long)tensor.Bytes);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        while (text.Length % sizeof(ulong) != 0) text.WriteByte((byte)' ');
        return text.ToArray();
    }

    private static (Dictionary<string, Entry> Entries, Dictionary<string, string> Metadata, long Start) Index(string path, FileStream stream)
    {
        Span<byte> prefix = stackalloc byte[sizeof(ulong)];
        if (stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false) < prefix.Length) throw new CheckpointException($"{path}: not a safetensors file, it has {stream.Length} bytes");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > LargestHeader || (long)length > stream.Length - prefix.Length)
            throw new CheckpointException($"{path}: not a safetensors file or truncated; the header would have {length} bytes, the file has {stream.Length}");
        var header = new byte[length];
        stream.ReadExactly(header);
        var start = prefix.Length + (long)length;
        var entries = new Dictionary<string, Entry>();
        var metadata = new Dictionary<string, string>();
        try
        {
            using var json = JsonDocument.Parse(Encoding.UTF8.GetString(header));
            foreach (var property in json.RootElement.EnumerateObject())
            {
                if (property.Name == MetadataKey)
                {
                    foreach (var pair in property.Value.EnumerateObject()) metadata[pair.Name] = pair.Value.GetString() ?? "";
                }
                else if (!entries.TryAdd(property.Name, Parse(path, property)))
                {
                    throw new CheckpointException($"{path}: tensor '{property.Name}' appears twice");
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ShapeException)
        {
            throw new CheckpointException($"{path}: malformed safetensors header ({e.Message})", e);
        }

        CheckRanges(path, entries, stream.Length - start);
        return (entries, metadata, start);
    }

    private static Entry Parse(string path, JsonProperty property)
    {
        var name = property.Value.GetProperty("dtype").GetString();
        DType? dtype = name switch { "F32" => DType.F32, "BF16" => DType.BF16, "F64" => DType.F64, "I32" => DType.I32, _ => null };
        if (dtype is not { } known) throw new CheckpointException($"{path}: tensor '{property.Name}' has dtype {name}; accepted are F32, BF16, F64, I32");
        var extents = property.Value.GetProperty("shape").EnumerateArray().Select(e => e.GetInt32()).ToArray();
        var offsets = property.Value.GetProperty("data_offsets").EnumerateArray().Select(e => e.GetInt64()).ToArray();
        if (offsets.Length != 2) throw new CheckpointException($"{path}: tensor '{property.Name}' must have two data_offsets");
        return new Entry(known, Shape.Create(extents), offsets[0], offsets[1]);
    }

    private static void CheckRanges(string path, Dictionary<string, Entry> entries, long dataBytes)
    {
        var position = 0L;
        foreach (var (name, entry) in entries.OrderBy(pair => pair.Value.Begin).ThenBy(pair => pair.Value.End))
        {
            if (entry.Begin != position) throw new CheckpointException($"{path}: tensor '{name}' starts at byte {entry.Begin} of the data; expected {position}, without hole or overlap");
            var bytes = entry.Shape.Count * entry.DType.Size;
            if (entry.End - entry.Begin != bytes) throw new CheckpointException($"{path}: tensor '{name}' has {entry.End - entry.Begin} bytes; {entry.Shape} {entry.DType.Name} needs {bytes}");
            position = entry.End;
        }

        if (position != dataBytes) throw new CheckpointException($"{path}: the tensors need {position} bytes of data, the file has {dataBytes}");
    }

    private readonly record struct Entry(DType DType, Shape Shape, long Begin, long End);
}
