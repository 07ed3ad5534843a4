using FsCheck.Fluent;
using SiaEngine.Cpu;

namespace SiaEngine.Tests.Engine;

public class MemoryPoolTests
{
    [Fact]
    public void Size_classes_hold_the_request_and_waste_an_eighth_at_most() =>
        Property.Holds(Gen.Choose(0, 39).SelectMany(power => Gen.Choose(0, int.MaxValue).Select(r => (nuint)((1UL << power) + ((ulong)r & ((1UL << power) - 1))))), bytes =>
        {
            var (index, size) = MemoryPool.SizeClass(bytes);
            Assert.True(size >= bytes);
            if (bytes >= 256) Assert.True(size - bytes <= bytes / 8, $"{bytes} bytes take {size}");
            Assert.Equal((index, size), MemoryPool.SizeClass(size));
            Assert.Equal(index + 1, MemoryPool.SizeClass(size + 1).Index);
        });

    [Fact]
    public void Live_bytes_follow_any_order_of_renting_and_releasing() => Property.Holds(Gen.ListOf(Gen.Choose(-20, 5000)), actions =>
    {
        using var cpu = new CpuDevice();
        var tensors = new List<Tensor>();
        foreach (var action in actions)
        {
            if (action >= 0) tensors.Add(Tensor.Persistent([action], DType.F32, cpu));
            else if (tensors.Count > 0)
            {
                var victim = -action % tensors.Count;
                tensors[victim].Release();
                tensors.RemoveAt(victim);
            }

            Assert.Equal(tensors.Sum(t => (long)MemoryPool.SizeClass(t.Bytes).Size), cpu.Pool.LiveBytes);
            Assert.InRange(cpu.Pool.LiveBytes, 0, cpu.Pool.PeakBytes);
            Assert.InRange(cpu.Pool.PeakBytes, 0, cpu.Pool.ReservedBytes);
            Assert.Equal(tensors.Count, tensors.Select(t => t.Address).Distinct().Count());
        }

        foreach (var tensor in tensors) tensor.Release();
        Assert.Equal(0, cpu.Pool.LiveBytes);
        cpu.Pool.Trim();
        Assert.Equal(0, cpu.Pool.ReservedBytes);
    });

    [Fact]
    public void Large_blocks_never_overlap_and_merge_when_they_come_back() => Property.Holds(Gen.ListOf(Gen.Choose(-20, 60)), actions =>
    {
        using var cpu = new CpuDevice();
        var tensors = new List<Tensor>();
        foreach (var action in actions)
        {
            // From 0.75 MiB on; below 1 MiB sizes are in classes.
            if (action >= 0) tensors.Add(Tensor.Persistent([(1 << 16) * (3 + action) - 5], DType.F32, cpu));
            else if (tensors.Count > 0)
            {
                var victim = -action % tensors.Count;
                tensors[victim].Release();
                tensors.RemoveAt(victim);
            }

            var ends = tensors.OrderBy(t => t.Address).ToArray();
            for (var i = 1; i < ends.Length; i++) Assert.True(ends[i - 1].Address + (nint)ends[i - 1].Bytes <= ends[i].Address);
            Assert.InRange(cpu.Pool.LiveBytes, tensors.Sum(t => (long)t.Bytes), tensors.Sum(t => (long)t.Bytes + 4096 + (t.Bytes < 1 << 20 ? 1 << 17 : 0)));
            Assert.InRange(cpu.Pool.LiveBytes, 0, cpu.Pool.ReservedBytes);
        }

        foreach (var tensor in tensors) tensor.Release();
        Assert.Equal(0, cpu.Pool.LiveBytes);
        cpu.Pool.Trim();
        Assert.Equal(0, cpu.Pool.ReservedBytes);
    });

    [Fact]
    public void Blocks_beside_each_other_serve_one_larger_request()
    {
        using var cpu = new CpuDevice();
        Tensor.Persistent([8 << 20], DType.F32, cpu).Release();
        var reserved = cpu.Pool.ReservedBytes;
        var parts = Enumerable.Range(0, 4).Select(_ => Tensor.Persistent([2 << 20], DType.F32, cpu)).ToArray();
        foreach (var i in (int[])[2, 0, 3, 1]) parts[i].Release();
        var whole = Tensor.Persistent([8 << 20], DType.F32, cpu);
        Assert.Equal(parts.Length * (2 << 20) * sizeof(float), cpu.Pool.LiveBytes);
        Assert.Equal(reserved, cpu.Pool.ReservedBytes);
        whole.Release();
    }

    [Fact]
    public void A_released_block_serves_the_next_request_of_its_size()
    {
        using var cpu = new CpuDevice();
        nint address;
        using (Scope.Enter()) address = Tensor.Zeros([1000], DType.F32, cpu).Address;
        using var scope = Scope.Enter();
        Assert.Equal(address, Tensor.Zeros([999], DType.F32, cpu).Address);
        Assert.Equal(cpu.Pool.LiveBytes, cpu.Pool.ReservedBytes);
    }

    [Fact]
    public void The_peak_is_measured_from_the_last_reset()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        using (Scope.Enter()) Tensor.Zeros([1 << 20], DType.F32, cpu);
        Assert.True(cpu.Pool.PeakBytes >= 4 << 20);
        cpu.Pool.ResetPeak();
        Tensor.Zeros([1000], DType.F32, cpu);
        Assert.InRange(cpu.Pool.PeakBytes, 4000, 5000);
    }

    [Fact]
    public void Poisoned_memory_reads_as_NaN_until_it_is_written()
    {
        using var cpu = new CpuDevice();
        cpu.Pool.Poison = true;
        using var scope = Scope.Enter();
        Assert.All(Tensor.Empty([100], DType.F32, cpu).ToArray<float>(), v => Assert.True(float.IsNaN(v)));
        Assert.All(Tensor.Empty([100], DType.F64, cpu).ToArray<double>(), v => Assert.True(double.IsNaN(v)));
        Assert.All(Tensor.Zeros([100], DType.F32, cpu).ToArray<float>(), v => Assert.Equal(0, v));
    }

    [Fact]
    public void Blocks_are_aligned_to_cache_lines()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        foreach (var n in (int[])[1, 63, 64, 65, 1000, 12345]) Assert.Equal(0, Tensor.Empty([n], DType.F32, cpu).Address % 64);
    }
}
