using System.Runtime.InteropServices;
using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda.Foreign;

/// <summary>A compiled module on a simulated device with all checks on.</summary>
internal sealed class ForeignRun(SimulatedDriver driver, nint module, string name)
{
    /// <summary>Device memory with these values.</summary>
    public Array<T> In<T>(T[] values) where T : unmanaged
    {
        var array = Out<T>(values.Length);
        driver.CopyToDevice(MemoryMarshal.AsBytes<T>(values), array.Address);
        return array;
    }

    /// <summary>Device memory that holds nothing yet.</summary>
    public unsafe Array<T> Out<T>(int count) where T : unmanaged => new(driver, driver.Allocate((nuint)(count * sizeof(T))), count);

    public void Launch(string entry, LaunchShape shape, params ReadOnlySpan<KernelArg> arguments) => driver.Launch(driver.GetFunction(module, entry), shape, arguments);

    /// <summary>Exact results.</summary>
    public void Same<T>(ReadOnlySpan<T> expected, ReadOnlySpan<T> got) where T : unmanaged, IEquatable<T>
    {
        Assert.Equal(expected.Length, got.Length);
        for (var i = 0; i < got.Length; i++) Assert.True(expected[i].Equals(got[i]), $"{name}: [{i}] is {got[i]} instead of {expected[i]}");
    }

    /// <summary>Results within a relative error plus an absolute one.</summary>
    public void Near(ReadOnlySpan<double> expected, ReadOnlySpan<float> got, double relative, double absolute = 0)
    {
        Assert.Equal(expected.Length, got.Length);
        for (var i = 0; i < got.Length; i++) Near(i, expected[i], got[i], relative, absolute);
    }

    /// <summary>Results within a relative error plus an absolute one.</summary>
    public void Near(ReadOnlySpan<double> expected, ReadOnlySpan<double> got, double relative, double absolute = 0)
    {
        Assert.Equal(expected.Length, got.Length);
        for (var i = 0; i < got.Length; i++) Near(i, expected[i], got[i], relative, absolute);
    }

    private void Near(int index, double expected, double got, double relative, double absolute)
    {
        var bound = relative * Math.Abs(expected) + absolute;
        Assert.True(Math.Abs(got - expected) <= bound || got.Equals(expected), $"{name}: [{index}] is {got:R} instead of {expected:R}, bound {bound:E2}");
    }

    /// <summary>An array on the device.</summary>
    internal sealed class Array<T>(SimulatedDriver driver, nint address, int count) where T : unmanaged
    {
        public nint Address => address;

        public unsafe nuint Bytes => (nuint)(count * sizeof(T));

        public static implicit operator KernelArg(Array<T> array) => KernelArg.Memory(array.Address, array.Bytes);

        public T[] Read()
        {
            var values = new T[count];
            driver.CopyToHost(address, MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }
    }
}
