using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Cuda;

/// <summary>Ids on the simulated device: refused as on the CPU, and summed into the table's gradient in the order of their positions.</summary>
public class DeviceIndexTests
{
    [Theory, InlineData(5), InlineData(-1), InlineData(int.MinValue)]
    public void A_bad_id_is_refused_with_the_message_of_the_cpu(int bad)
    {
        using var cpu = new CpuDevice();
        using var sim = Devices.Open();
        var ids = Enumerable.Range(0, 600).Select(i => i is 301 or 599 ? bad : i % 5).ToArray();
        Assert.Equal(Message(cpu), Message(sim));
        Assert.Contains($"got {bad} at [1, 1] of ids [2, 300] i32", Message(sim), StringComparison.Ordinal);

        string Message(Device device)
        {
            using var scope = Scope.Enter();
            var (table, tensor) = (Tensor.Zeros([5, 3], DType.F32, device), Tensor.From<int>(ids, [2, 300], device));
            return Assert.Throws<IndexException>(() => Embedding.Apply(table, tensor)).Message;
        }
    }

    [Theory, InlineData(-2), InlineData(7)]
    public void A_bad_target_is_refused_and_minus_one_is_not(int bad)
    {
        using var cpu = new CpuDevice();
        using var sim = Devices.Open();
        Assert.Equal(Message(cpu), Message(sim));
        using var scope = Scope.Enter();
        var losses = CrossEntropy.Apply(Tensor.Zeros([3, 7], DType.F32, sim), Tensor.From<int>([0, -1, 6], [3], sim)).ToArray<float>();
        Assert.Equal([MathF.Log(7), 0, MathF.Log(7)], losses, (a, b) => Math.Abs(a - b) <= 1e-6);

        string Message(Device device)
        {
            using var inner = Scope.Enter();
            var (logits, targets) = (Tensor.Zeros([3, 7], DType.F32, device), Tensor.From<int>([-1, bad, 9], [3], device));
            return Assert.Throws<IndexException>(() => CrossEntropy.Apply(logits, targets)).Message;
        }
    }

    /// <summary>More than one tile of positions, more than one block of columns and of ids, an id that takes most positions and ids that never occur.</summary>
    [Theory]
    [InlineData(DType.F32, DType.F32, 0), InlineData(DType.F32, DType.F32, 1)]
    [InlineData(DType.BF16, DType.F32, 0), InlineData(DType.BF16, DType.F32, 1), InlineData(DType.BF16, DType.BF16, 1)]
    public void Gradients_of_a_table_add_up_in_the_order_of_positions(DType activations, DType gradient, float beta)
    {
        const int Count = 1100, Vocabulary = 300;
        const int Columns = 5;
        using var sim = Devices.Open();
        using var scope = Scope.Enter();
        var random = new Philox(70, 0);
        var ids = Enumerable.Range(0, Count).Select(i => i % 3 == 0 ? 7 : (int)random.Below((ulong)i, Vocabulary)).ToArray();
        var dy = GradientContext.Make(GradientCheck.Normals(Count * Columns, 71, 0), [Count, Columns], activations, sim);
        var old = GradientContext.Make(GradientCheck.Normals(Vocabulary * Columns, 72, 0), [Vocabulary, Columns], gradient, sim);
        var (values, start) = (GradientContext.Read(dy), GradientContext.Read(old));
        var expected = new float[Vocabulary * Columns];
        for (var i = 0; i < Count; i++)
            for (var c = 0; c < Columns; c++) expected[ids[i] * Columns + c] += (float)values[i * Columns + c];
        for (var i = 0; i < expected.Length; i++) expected[i] = beta == 0 ? expected[i] : expected[i] + (float)start[i];
        if (beta == 0) old.Device.Fill(old.Address, 0xFF, old.Bytes);
        sim.Kernels<Embedding.IKernels>().Backward(dy, Tensor.From<int>(ids, [Count], sim), new(old, beta));
        Assert.Equal(expected.Select(v => gradient == DType.F32 ? v : (double)(float)(BFloat16)v), GradientContext.Read(old));
    }

    [Fact]
    public void Columns_of_a_wide_table_have_blocks_of_their_own()
    {
        using var sim = Devices.Open();
        using var scope = Scope.Enter();
        var dy = Tensor.From<float>(Enumerable.Range(0, 4 * 300).Select(i => (float)i).ToArray(), [4, 300], sim);
        var gradient = Tensor.Empty([3, 300], DType.F32, sim);
        sim.Kernels<Embedding.IKernels>().Backward(dy, Tensor.From<int>([2, 0, 2, 2], [4], sim), new(gradient, 0));
        Assert.Equal(Enumerable.Range(0, 900).Select(i => i < 300 ? 300f + i : i < 600 ? 0 : 3f * (i - 600) + 1500), gradient.ToArray<float>());
    }
}
