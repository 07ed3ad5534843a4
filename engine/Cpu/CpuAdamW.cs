using System.Numerics;
using System.Runtime.CompilerServices;

namespace SiaEngine.Cpu;

/// <summary><see cref="AdamW"/> on the CPU: memory bound, one pass over four arrays.</summary>
internal sealed unsafe class CpuAdamW : AdamW.IKernels
{
    public void Step(Tensor master, Tensor value, Tensor gradient, Tensor m, Tensor v, in AdamW.Coefficients c)
    {
        switch (master.DType)
        {
            case DType.F32: MasterUpdate.Run<float, Pass<float>>(master, value, new(master, gradient, m, v, c)); break;
            case DType.F64: MasterUpdate.Run<double, Pass<double>>(master, value, new(master, gradient, m, v, c)); break;
            default: Throw.DType("adamw", master); break;
        }
    }

    private readonly struct Pass<T>(Tensor master, Tensor gradient, Tensor m, Tensor v, AdamW.Coefficients c) : IPass<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly T* _p = (T*)master.Address, _g = (T*)gradient.Address, _m = (T*)m.Address, _v = (T*)v.Address;
        private readonly T _scale = T.CreateChecked(c.GradientScale);
        private readonly T _beta1 = T.CreateChecked(c.Beta1), _rest1 = T.CreateChecked(1 - c.Beta1);
        private readonly T _beta2 = T.CreateChecked(c.Beta2), _rest2 = T.CreateChecked(1 - c.Beta2);
        private readonly T _keep = T.CreateChecked(1 - c.Rate * c.WeightDecay), _rate = T.CreateChecked(c.Rate / c.Correction1);
        private readonly T _unbias = T.CreateChecked(1 / c.Correction2), _epsilon = T.CreateChecked(c.Epsilon);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(long i) where V : struct, ISimd<V, T>
        {
            var g = V.Load(_g + i) * V.All(_scale);
            var m = V.Fma(V.All(_beta1), V.Load(_m + i), V.All(_rest1) * g);
            var v = V.Fma(V.All(_beta2), V.Load(_v + i), V.All(_rest2) * g * g);
            m.Store(_m + i);
            v.Store(_v + i);
            (V.All(_keep) * V.Load(_p + i) - V.All(_rate) * m / (V.Sqrt(v * V.All(_unbias)) + V.All(_epsilon))).Store(_p + i);
        }
    }
}
