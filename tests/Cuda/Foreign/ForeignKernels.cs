namespace SiaEngine.Tests.Cuda.Foreign;

/// <summary>All kernels of the folder.</summary>
internal static class ForeignKernels
{
    public static IReadOnlyList<ForeignKernel> All { get; } = [.. WarpKernels.All, .. MatrixKernels.All, .. NumericKernels.All, .. ControlKernels.All, .. MemoryKernels.All];

    public static int[] Integers(int seed, int count, int from, int to)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(from, to))];
    }

    public static float[] Floats(int seed, int count, double scale = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 2 - 1) * scale))];
    }

    public static double[] Doubles(int seed, int count, double scale = 1) => [.. Floats(seed, count, scale).Select(x => x + x * 1e-9)];

    public static byte[] Bytes(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static uint[] Words(int seed, int count) => [.. Enumerable.Range(0, count).Select(i => BitConverter.ToUInt32(Bytes(seed + 100 * i, 4)))];
}
