namespace SiaEngine.Tests;

/// <summary>Runs a kernel at every length 0 to 256, once with operands that end at an unmapped page and once with operands that begin after one.</summary>
internal static class EveryLength
{
    /// <summary>Computes with operands of one length; the last is for the result.</summary>
    public delegate void Kernel(Tensor[] operands, int length);

    /// <summary>
    /// <paramref name="kernel"/> gets <paramref name="inputs"/> tensors of normal numbers with streams 0, 1, .. of seed 21, and one of NaNs.
    /// </summary>
    public static void Run(Device device, DType dtype, int inputs, Kernel kernel)
    {
        var memory = new GuardedMemory[inputs + 1];
        for (var i = 0; i <= inputs; i++) memory[i] = new GuardedMemory(256 * sizeof(double));
        try
        {
            for (var length = 0; length <= 256; length++)
            {
                foreach (var atEnd in (ReadOnlySpan<bool>)[true, false])
                {
                    using var scope = Scope.Enter();
                    var operands = new Tensor[inputs + 1];
                    for (var i = 0; i < inputs; i++)
                        operands[i] = memory[i].Tensor(GradientCheck.Normals(length, 21, (ulong)i), [length], dtype, device, atEnd);
                    operands[inputs] = memory[inputs].Tensor([length], dtype, device, atEnd);
                    kernel(operands, length);
                }
            }
        }
        finally
        {
            foreach (var m in memory) m.Dispose();
        }
    }
}
