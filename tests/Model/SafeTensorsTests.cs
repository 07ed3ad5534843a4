using System.Buffers.Binary;
using System.Text;
using SiaEngine.Cpu;
using SiaEngine.Model;

namespace SiaEngine.Tests.Model;

public sealed class SafeTensorsTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"sia-{Guid.NewGuid():N}.safetensors");
    private readonly CpuDevice _cpu = new();

    public void Dispose()
    {
        File.Delete(_path);
        _cpu.Dispose();
    }

    [Fact]
    public void Every_dtype_comes_back_bit_for_bit()
    {
        using var scope = Scope.Enter();
        List<(string, Tensor)> tensors =
        [
            ("a", Tensor.From<float>([1.5f, float.NaN, -0f, 3], [2, 2], _cpu)), ("b", Tensor.From<BFloat16>([(BFloat16)1.25f], [1], _cpu)),
            ("c", Tensor.From<double>([Math.PI, 1e300, 0], [3], _cpu)), ("d.e", Tensor.From<int>([-1, int.MaxValue], [1, 2], _cpu)), ("scalar", Tensor.From<float>([7], [], _cpu)),
        ];
        using (var stream = File.Create(_path)) SafeTensors.Write(stream, tensors, new Dictionary<string, string> { ["format"] = "sia" });
        var empty = tensors.Select(t => (t.Item1, Tensor.Like(t.Item2))).ToArray();
        SafeTensors.Read(_path, empty);
        Assert.Equal(tensors[0].Item2.ToArray<float>(), empty[0].Item2.ToArray<float>());
        Assert.Equal(tensors[1].Item2.ToArray<BFloat16>(), empty[1].Item2.ToArray<BFloat16>());
        Assert.Equal(tensors[2].Item2.ToArray<double>(), empty[2].Item2.ToArray<double>());
        Assert.Equal(tensors[3].Item2.ToArray<int>(), empty[3].Item2.ToArray<int>());
        Assert.Equal(7, empty[4].Item2.Item());
        var (described, metadata) = SafeTensors.Describe(_path);
        Assert.Equal("sia", metadata["format"]);
        Assert.Equal(DType.BF16, described["b"].DType);
        Assert.Equal("[1]", described["b"].Shape.ToString());
    }

    [Fact]
    public void The_header_is_what_other_tools_read()
    {
        using var scope = Scope.Enter();
        using (var stream = File.Create(_path)) SafeTensors.Write(stream, [("w", Tensor.From<float>([1, 2], [2, 1], _cpu))]);
        var bytes = File.ReadAllBytes(_path);
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        Assert.Equal(0, length % 8);
        Assert.Equal("""{"w":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}""", Encoding.UTF8.GetString(bytes, 8, length).TrimEnd());
        Assert.Equal(16 + length, bytes.Length);
    }

    [Theory]
    [InlineData("""{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", 12, "tensor 'w' is [3] f32; expected [2] f32")]
    [InlineData("""{"w":{"dtype":"F64","shape":[2],"data_offsets":[0,16]}}""", 16, "tensor 'w' is [2] f64; expected [2] f32")]
    [InlineData("""{"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "tensor 'w' is missing; expected [2] f32")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"x":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12, "tensor 'x' belongs to nothing here")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "the tensors need 8 bytes of data, the file has 7")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "tensor 'w' has 4 bytes; [2] f32 needs 8")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "tensor 'w' starts at byte 4 of the data; expected 0")]
    [InlineData("""{"w":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}""", 4, "tensor 'w' has dtype F16; accepted are F32, BF16, F64, I32")]
    [InlineData("""{"w":""", 0, "malformed safetensors header")]
    [InlineData("""{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "malformed safetensors header")]
    public void A_file_that_does_not_fit_is_refused_before_anything_is_written(string header, int dataBytes, string message)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var prefix = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)text.Length);
        File.WriteAllBytes(_path, [.. prefix, .. text, .. new byte[dataBytes]]);
        using var scope = Scope.Enter();
        var w = Tensor.From<float>([5, 6], [2], _cpu);
        var error = Assert.Throws<CheckpointException>(() => SafeTensors.Read(_path, [("w", w)]));
        Assert.StartsWith($"{_path}: {message}", error.Message);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Equal([5f, 6f], w.ToArray<float>());
    }

    [Fact]
    public void Files_that_are_too_short_or_claim_too_much_are_refused()
    {
        foreach (var bytes in (byte[][])[[], [1, 2, 3], [255, 255, 255, 255, 255, 255, 255, 255], [200, 0, 0, 0, 0, 0, 0, 0, 123]])
        {
            File.WriteAllBytes(_path, bytes);
            Assert.Contains("not a safetensors file", Assert.Throws<CheckpointException>(() => SafeTensors.Describe(_path)).Message, StringComparison.Ordinal);
        }

        Assert.Contains("cannot be read", Assert.Throws<CheckpointException>(() => SafeTensors.Describe(_path + ".none")).Message, StringComparison.Ordinal);
    }
}
