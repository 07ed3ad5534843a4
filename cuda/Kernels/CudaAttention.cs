using SiaEngine.Ops;

namespace SiaEngine.Cuda;

/// <summary><see cref="Attention"/> in <c>native/ptx/attention_forward.ptx</c>, <c>attention_backward.ptx</c> and <c>attention_tables.ptx</c>; on tensor cores in <c>attention_forward_mma.ptx</c> and <c>attention_backward_mma.ptx</c>.</summary>
internal sealed class CudaAttention(CudaDevice device) : Attention.IKernels
{
    private static readonly string[] Forwards = ["d32", "d64", "d128", "d256"];
    private static readonly string[] Keys = ["keys_d32", "keys_d64", "keys_d128", "keys_d256"];
    private static readonly string[] Queries = ["queries_d32", "queries_d64", "queries_d128", "queries_d256"];

    // On tensor cores: without and with a row scale, heads of up to 64 and of up to 128 columns.
    private static readonly string[] MmaKeys = ["keys_plain_d64", "keys_scaled_d64", "keys_plain_d128", "keys_scaled_d128"];

    private static readonly string[] MmaQueries = ["queries_plain_d64", "queries_scaled_d64", "queries_plain_d128", "queries_scaled_d128"];

    private static readonly string[] Diagonals = ["diagonals_d32", "diagonals_d64", "diagonals_d128", "diagonals_d256"];

    private readonly CudaModule _forward = new(device, "attention_forward");
    private readonly CudaModule _forwardMma = new(device, "attention_forward_mma");
    private readonly CudaModule _backward = new(device, "attention_backward");
    private readonly CudaModule _backwardMma = new(device, "attention_backward_mma");
    private readonly CudaModule _tables = new(device, "attention_tables");

    public void Forward(Tensor qkv, int heads, Tensor a, Tensor m, Tensor? rowScale, Tensor y, Tensor logsumexp)
    {
        if (qkv.Count == 0) return;
        var (batch, length, headDim) = (qkv.Shape[0], qkv.Shape[1], qkv.Shape.Last / 3 / heads);
        if (AttentionLaunch.FitsTensorCores(headDim, qkv, y))
        {
            _forwardMma[qkv.DType, headDim <= 64 ? "d64" : "d128"].Launch(AttentionLaunch.ForwardMma(length, heads, batch, headDim),
                qkv, a, m, rowScale, y, logsumexp, batch, length, heads, headDim, AttentionLaunch.Stride(a), AttentionLaunch.Stride(m), RowStride(rowScale),
                AttentionLaunch.Scale(headDim));
            return;
        }

        var variant = AttentionLaunch.Variant(Attention.Id, qkv, headDim);
        _forward[qkv.DType, Forwards[variant]].Launch(AttentionLaunch.Shape(length, heads, batch, variant, padded: 1, tiles: 3, weights: 1),
            qkv, a, m, rowScale, y, logsumexp, batch, length, heads, headDim, AttentionLaunch.Stride(a), AttentionLaunch.Stride(m), RowStride(rowScale),
            AttentionLaunch.Scale(headDim));
    }

    public void Backward(Tensor dy, Tensor qkv, int heads, Tensor a, Tensor m, Tensor? rowScale, Tensor y, Tensor logsumexp, GradientSlot? dqkv,
        GradientSlot? drowScale)
    {
        if (qkv.Count == 0) return;
        using var scope = Scope.Enter();
        var (batch, length, headDim) = (qkv.Shape[0], qkv.Shape[1], qkv.Shape.Last / 3 / heads);
        var variant = AttentionLaunch.Variant(Attention.Id, qkv, headDim);
        var (strideA, strideM, strideR, scale) = (AttentionLaunch.Stride(a), AttentionLaunch.Stride(m), RowStride(rowScale), AttentionLaunch.Scale(headDim));
        KernelSlot? target = dqkv is { } given ? new(given, qkv.DType) : null;
        var (gradient, beta) = (target?.Inner.Grad, target?.Inner.Beta ?? 0);

        var delta = Delta(dy, qkv.DType, y, logsumexp, headDim);
        Tensor? dr = drowScale is null ? null : Tensor.Like(logsumexp);
        var (wide, scaled, mma) = (headDim > 64, rowScale is not null, AttentionLaunch.FitsTensorCores(headDim, qkv, dy, gradient));
        var form = (wide ? 2 : 0) + (scaled ? 1 : 0);
        if (dqkv is not null)
        {
            var keys = mma ? _backwardMma[qkv.DType, MmaKeys[form]] : _backward[qkv.DType, Keys[variant]];
            keys.Launch(mma ? AttentionLaunch.KeysMma(length, heads, batch, wide, scaled) : AttentionLaunch.Shape(length, heads, batch, variant, padded: 2, tiles: 4, weights: 2),
                qkv, dy, a, m, rowScale, logsumexp, delta, gradient, batch, length, heads, headDim, strideA, strideM, strideR, beta, scale);
        }

        var queries = mma ? _backwardMma[qkv.DType, MmaQueries[form]] : _backward[qkv.DType, Queries[variant]];
        queries.Launch(mma ? AttentionLaunch.QueriesMma(length, heads, batch, wide, scaled) : AttentionLaunch.Shape(length, heads, batch, variant, padded: 2, tiles: 4, weights: 1),
            qkv, dy, a, m, rowScale, logsumexp, delta, gradient, dr, batch, length, heads, headDim, strideA, strideM, strideR, beta, scale);
        target?.Finish();
        if (drowScale is not { } slot) return;
        var entries = slot.Grad.Shape[1];
        _backward[DType.F32, "row_scale"].Launch(new LaunchShape((entries + 255) / 256, heads, 1, 256),
            dr, slot, batch, length, heads, entries, slot.Beta);
    }

    public void BackwardTables(Tensor dy, Tensor qkv, int heads, Tensor a, Tensor m, Tensor? rowScale, Tensor y, Tensor logsumexp, GradientSlot? da, GradientSlot? dm)
    {
        using var scope = Scope.Enter();
        var (batch, length, headDim) = (qkv.Shape[0], qkv.Shape[1], qkv.Shape.Last / 3 / heads);
        var variant = AttentionLaunch.Variant(Attention.Id, qkv, headDim);
        var sums = Tensor.Empty([batch * heads, (length + AttentionLaunch.Tile - 1) / AttentionLaunch.Tile, 2, 2 * AttentionLaunch.Tile], DType.F32, qkv.Device);
        if (qkv.Count > 0)
        {
            _tables[qkv.DType, Diagonals[variant]].Launch(AttentionLaunch.Shape(length, heads, batch, variant, padded: 2, tiles: 4, weights: 0),
                qkv, dy, a, m, rowScale, logsumexp, Delta(dy, qkv.DType, y, logsumexp, headDim), sums, batch, length, heads, headDim, AttentionLaunch.Stride(a),
                AttentionLaunch.Stride(m), RowStride(rowScale), AttentionLaunch.Scale(headDim));
        }

        if (da is { } slopes) Sum(slopes, 0);
        if (dm is { } shifts) Sum(shifts, 1);

        void Sum(GradientSlot slot, int table)
        {
            var (rows, entries) = (slot.Grad.Shape[0], slot.Grad.Shape[1]);
            _tables[DType.F32, "sum"].Launch(new LaunchShape((entries + 255) / 256, rows, 1, 256), sums, slot, table, batch, length, heads, rows, entries, slot.Beta);
        }
    }

    /// <summary>delta [B, H, T], the mean that the softmax's gradient subtracts.</summary>
    private Tensor Delta(Tensor dy, DType dtype, Tensor y, Tensor logsumexp, int headDim)
    {
        var delta = Tensor.Like(logsumexp);
        var (batch, heads, length) = (logsumexp.Shape[0], logsumexp.Shape[1], logsumexp.Shape[2]);
        if (AttentionLaunch.FitsTensorCores(headDim, dy, y))
        {
            var wide = headDim > 64;
            _backwardMma[dtype, wide ? "delta_d128" : "delta_d64"].Launch(new LaunchShape((length + (wide ? 15 : 31)) / (wide ? 16 : 32), heads, batch, 256), dy, y, delta, batch, length, heads, headDim);
            return delta;
        }

        _backward[dtype, "delta"].Launch(new LaunchShape((length + 7) / 8, heads, batch, 256), dy, y, delta, batch, length, heads, headDim);
        return delta;
    }

    /// <summary>A row scale has a row for every head, even if there is one head.</summary>
    private static int RowStride(Tensor? rowScale) => rowScale?.Shape[1] ?? 0;
}
