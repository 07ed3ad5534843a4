using System.Numerics;
using System.Runtime.Intrinsics;
using SiaEngine.Ops;

namespace SiaEngine.Cpu;

/// <summary><see cref="Attention"/> on the CPU: picks dtype and vector width for <see cref="AttentionTasks{T, V, L}"/>.</summary>
internal sealed class CpuAttention : Attention.IKernels
{
    public void Forward(Tensor qkv, int heads, Tensor a, Tensor m, Tensor? rowScale, Tensor y, Tensor logsumexp)
    {
        switch (qkv.DType)
        {
            case DType.F32: Forward<float>(qkv, heads, a, m, rowScale, y, logsumexp); break;
            case DType.F64: Forward<double>(qkv, heads, a, m, rowScale, y, logsumexp); break;
            default: Throw.DType(Attention.Id, qkv); break;
        }
    }

    public void Backward(Tensor dy, Tensor qkv, int heads, Tensor a, Tensor m, Tensor? rowScale, Tensor y, Tensor logsumexp, GradientSlot? dqkv,
        GradientSlot? drowScale)
    {
        switch (qkv.DType)
        {
            case DType.F32: Backward<float>(dy, qkv, heads, a, m, rowScale, y, logsumexp, dqkv, drowScale); break;
            case DType.F64: Backward<double>(dy, qkv, heads, a, m, rowScale, y, logsumexp, dqkv, drowScale); break;
            default: Throw.DType(Attention.Id, qkv); break;
        }
    }

    public void BackwardTables(Tensor dy, Tensor qkv, int heads, Tensor a, Tensor m, Tensor? rowScale, Tensor y, Tensor logsumexp, GradientSlot? da, GradientSlot? dm)
    {
        switch (qkv.DType)
        {
            case DType.F32: BackwardTables<float>(dy, qkv, heads, a, m, rowScale, y, logsumexp, da, dm); break;
            case DType.F64: BackwardTables<double>(dy, qkv, heads, a, m, rowScale, y, logsumexp, da, dm); break;
            default: Throw.DType(Attention.Id, qkv); break;
        }
    }

    private static void Forward<T>(Tensor qkv, int heads, Tensor a, Tensor m, Tensor? rowScale, Tensor y, Tensor logsumexp)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Vector512.IsHardwareAccelerated) AttentionTasks<T, Vector512<T>, Lanes512<T>>.Forward(qkv, heads, a, m, rowScale, y, logsumexp);
        else if (Vector256.IsHardwareAccelerated) AttentionTasks<T, Vector256<T>, Lanes256<T>>.Forward(qkv, heads, a, m, rowScale, y, logsumexp);
        else AttentionTasks<T, Vector128<T>, Lanes128<T>>.Forward(qkv, heads, a, m, rowScale, y, logsumexp);
    }

    private static void Backward<T>(Tensor dy, Tensor qkv, int heads, Tensor a, Tensor m, Tensor? rowScale, Tensor y, Tensor logsumexp,
        GradientSlot? dqkv, GradientSlot? dr)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Vector512.IsHardwareAccelerated) AttentionTasks<T, Vector512<T>, Lanes512<T>>.Backward(dy, qkv, heads, a, m, rowScale, y, logsumexp, dqkv, dr);
        else if (Vector256.IsHardwareAccelerated) AttentionTasks<T, Vector256<T>, Lanes256<T>>.Backward(dy, qkv, heads, a, m, rowScale, y, logsumexp, dqkv, dr);
        else AttentionTasks<T, Vector128<T>, Lanes128<T>>.Backward(dy, qkv, heads, a, m, rowScale, y, logsumexp, dqkv, dr);
    }

    private static void BackwardTables<T>(Tensor dy, Tensor qkv, int heads, Tensor a, Tensor m, Tensor? rowScale, Tensor y, Tensor logsumexp,
        GradientSlot? da, GradientSlot? dm)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Vector512.IsHardwareAccelerated) AttentionTableGradient<T, Vector512<T>, Lanes512<T>>.Run(dy, qkv, heads, a, m, rowScale, y, logsumexp, da, dm);
        else if (Vector256.IsHardwareAccelerated) AttentionTableGradient<T, Vector256<T>, Lanes256<T>>.Run(dy, qkv, heads, a, m, rowScale, y, logsumexp, da, dm);
        else AttentionTableGradient<T, Vector128<T>, Lanes128<T>>.Run(dy, qkv, heads, a, m, rowScale, y, logsumexp, da, dm);
    }
}
