using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using SiaEngine.Cpu;

namespace SiaEngine.Tests;

/// <summary>
/// The naive computation in a narrow dtype: every kernel computes in f64 from the values its tensors hold, and every result is rounded once to the dtype of the
/// tensor that keeps it. Its error against f64 throughout is what storage in that dtype costs, whatever the kernels do inside.
/// </summary>
internal static class NaiveDevice
{
    /// <summary>A CPU device that takes tensors of f32 and bf16 in every op.</summary>
    public static CpuDevice Create()
    {
        var cpu = new CpuDevice();
        var replace = typeof(NaiveDevice).GetMethod(nameof(Replace), BindingFlags.NonPublic | BindingFlags.Static)!;
        foreach (var contract in Contracts()) replace.MakeGenericMethod(contract).Invoke(null, [cpu]);
        return cpu;
    }

    /// <summary>The kernel contracts of all ops.</summary>
    public static Type[] Contracts() =>
        [.. typeof(IOp).Assembly.GetTypes().Where(t => t.IsInterface && t.Name == "IKernels" && t.DeclaringType!.IsAssignableTo(typeof(IOp)))];

    private static void Replace<T>(CpuDevice cpu) where T : class
    {
        var proxy = DispatchProxy.Create<T, Widened>();
        ((Widened)(object)proxy).Inner = cpu.Kernels<T>();
        cpu.Register(proxy);
    }

    /// <summary>Hands the call on with f64 copies of its tensors and rounds back those that changed.</summary>
    [SuppressMessage("Performance", "CA1852", Justification = "DispatchProxy derives from it.")]
    internal class Widened : DispatchProxy
    {
        public object Inner { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            using var scope = Scope.Enter();
            var copies = new List<(Tensor Narrow, Tensor Wide, double[] Before)>();
            var wide = Array.ConvertAll(args!, argument => argument switch
            {
                Tensor x => Widen(x, copies),
                GradientSlot slot => new GradientSlot(Widen(slot.Grad, copies), slot.Beta),
                _ => argument,
            });
            var result = targetMethod!.Invoke(Inner, BindingFlags.DoNotWrapExceptions, null, wide, null);
            foreach (var (narrow, copy, before) in copies)
            {
                var after = GradientContext.Read(copy);
                if (after.Select(BitConverter.DoubleToInt64Bits).SequenceEqual(before.Select(BitConverter.DoubleToInt64Bits))) continue;
                narrow.CopyFrom(GradientContext.Make(after, narrow.Shape, narrow.DType, narrow.Device));
            }

            return result;
        }

        // A tensor given twice stays one tensor: kernels may work in place.
        private static Tensor Widen(Tensor x, List<(Tensor Narrow, Tensor Wide, double[] Before)> copies)
        {
            if (x.DType is DType.I32 or DType.F64) return x;
            foreach (var (narrow, wide, _) in copies)
                if (narrow.Address == x.Address && narrow.Count == x.Count) return wide.As(x.Shape);
            var before = GradientContext.Read(x);
            var copy = Tensor.From<double>(before, x.Shape, x.Device);
            copies.Add((x, copy, before));
            return copy;
        }
    }
}
