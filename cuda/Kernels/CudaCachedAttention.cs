using SiaEngine.Ops;

namespace SiaEngine.Cuda;

/// <summary><see cref="CachedAttention"/> in <c>native/ptx/cached_attention.ptx</c>.</summary>
internal sealed class CudaCachedAttention(CudaDevice device) : CachedAttention.IKernels
{
    private static readonly string[] Forwards = ["forward_d32", "forward_d64", "forward_d128", "forward_d256"];

    private readonly CudaModule _module = new(device, "cached_attention");

    public void Forward(Tensor qkv, int heads, Tensor a, Tensor m, Tensor? rowScale, Tensor keys, Tensor values, int length, Tensor y)
    {
        if (qkv.Count == 0) return;
        var (batch, rows, width, capacity) = (qkv.Shape[0], qkv.Shape[1], qkv.Shape.Last / 3, keys.Shape[1]);
        var headDim = width / heads;
        var variant = AttentionLaunch.Variant("cached_attention", qkv, headDim);
        _module[qkv.DType, "append"].Launch(new LaunchShape(rows, (width + 255) / 256, batch, 256), qkv, keys, values, batch, rows, width, length, capacity);
        _module[qkv.DType, Forwards[variant]].Launch(new LaunchShape(rows, heads, batch, 256),
            qkv, a, m, rowScale, keys, values, y, batch, rows, heads, headDim, length, capacity, AttentionLaunch.Stride(a), AttentionLaunch.Stride(m),
            rowScale?.Shape[1] ?? 0, AttentionLaunch.Scale(headDim));
    }
}
