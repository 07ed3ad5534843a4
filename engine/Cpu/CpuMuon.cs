using System.Numerics;
using System.Runtime.CompilerServices;

namespace SiaEngine.Cpu;

/// <summary>The elementwise parts of <see cref="Muon"/> on the CPU, in the dtype of the masters.</summary>
internal sealed unsafe class CpuMuon : Muon.IKernels
{
    private const double NormFloor = 1e-7;

    public void Direction(Tensor gradient, Tensor buffer, Tensor x, double momentum, double gradientScale)
    {
        switch (x.DType)
        {
            case DType.F32: Direction<float>(gradient, buffer, x, momentum, gradientScale); break;
            case DType.F64: Direction<double>(gradient, buffer, x, momentum, gradientScale); break;
            default: Throw.DType("muon", x); break;
        }
    }

    public void Step(Tensor master, Tensor value, Tensor x, double rate)
    {
        switch (master.DType)
        {
            case DType.F32: MasterUpdate.Run<float, UpdatePass<float>>(master, value, new((float*)master.Address, (float*)x.Address, (float)rate)); break;
            case DType.F64: MasterUpdate.Run<double, UpdatePass<double>>(master, value, new((double*)master.Address, (double*)x.Address, rate)); break;
            default: Throw.DType("muon", master); break;
        }
    }

    private static void Direction<T>(Tensor gradient, Tensor buffer, Tensor x, double momentum, double gradientScale)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var xs = (T*)x.Address;
        Map.Run<T, MomentumPass<T>>(x.Count, new((T*)gradient.Address, (T*)buffer.Address, xs, T.CreateChecked(momentum), T.CreateChecked(gradientScale)));
        var norm = Math.Sqrt(RowReduce.Total<T, Product<T>>(new(xs, xs), x.Count, x.Device));
        Map.Run(new CpuScale.Times<T>(T.CreateChecked(1 / (norm + NormFloor))), xs, xs, x.Count);
    }

    private readonly struct MomentumPass<T>(T* gradient, T* buffer, T* x, T momentum, T scale) : IPass<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(long i) where V : struct, ISimd<V, T>
        {
            var g = V.Load(gradient + i) * V.All(scale);
            var sum = V.Fma(V.All(momentum), V.Load(buffer + i), g);
            sum.Store(buffer + i);
            V.Fma(V.All(momentum), sum, g).Store(x + i);
        }
    }

    private readonly struct UpdatePass<T>(T* master, T* x, T rate) : IPass<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(long i) where V : struct, ISimd<V, T> => (V.Load(master + i) - V.All(rate) * V.Load(x + i)).Store(master + i);
    }
}
