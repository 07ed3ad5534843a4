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
