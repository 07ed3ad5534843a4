namespace SiaEngine.Ops;

/// <summary>
/// Causal softmax attention whose logits pass through an affine map of the distance (Anson et al. 2025, arXiv:2505.17083, section 3.2) and a row scale
/// (Nakanishi 2025, arXiv:2501.19399). Every method of the paper is data for it: scale-invariant a and m, ALiBi m[h, t] = −slope·t, LogN r[h, i] = s·ln(i + 1),
/// plain attention a = 1, m = 0. m may hold −∞, which hides a distance.
/// </summary>
/// <remarks>
/// forward   L_ij = a[h, i−j] · r[h, i] · q_i·k_j / √D + m[h, i−j],  j ≤ i;   P = softmax_j(L);   y_i = Σ_j P_ij v_j
///           qkv [B, T, 3C] = [B, T, (q, k, v), H, D]    a, m [1|H, ≥ T]    r [H, ≥ T] or none (1)    y [B, T, C]    logsumexp [B, H, T]
/// backward  dL = P ∘ (dP − rowsum(dy ∘ y)),  dP_ij = dy_i·v_j;   dv_j = Σ_i P_ij dy_i;   ds_ij = dL_ij · a[h, i−j] / √D;
///           dq_i = r_i Σ_j ds_ij k_j;   dk_j = Σ_i r_i ds_ij q_i;   dr[h, i] = Σ_b Σ_j ds_ij q_i·k_j;
///           dm[h, t] = Σ_b Σ_i dL_i,i−t;   da[h, t] = Σ_b Σ_i dL_i,i−t r_i q_i·k_i−t / √D, over all heads where they share a row; for tables that are trained
/// saves     qkv, y, logsumexp and the tables: no T × T matrix exists, forward or backward, on any device; P is recomputed tile by tile
///           (Dao 2023, arXiv:2307.08691)
/// </remarks>
public readonly struct Attention : IOp
{
    /// <summary>What a device implements.</summary>
    public interface IKernels
    {
        /// <summary>y and logsumexp from qkv.</summary>
        void Forward(Tensor qkv, int heads, Tensor a, Tensor m, Tensor? rowScale, Tensor y, Tensor logsumexp);

        /// <summary>Gradients of qkv and of the row scale.</summary>
        void Backward(Tensor dy, Tensor qkv, int heads, Tensor a, Tensor m, Tensor? rowScale, Tensor y, Tensor logsumexp, GradientSlot? dqkv,
            GradientSlot? drowScale);

        /// <summary>Gradients of the tables, of their first T entries per row; beyond, β alone.</summary>
        void BackwardTables(Tensor dy, Tensor qkv, int heads, Tensor a, Tensor m, Tensor? rowScale, Tensor y, Tensor logsumexp, GradientSlot? da, GradientSlot? dm);
    }

    private readonly Tensor _qkv, _a, _m, _y, _logsumexp;
    private readonly Tensor? _rowScale;
    private readonly int _heads;

    private Attention(Tensor qkv, int heads, Tensor a, Tensor m, Tensor? rowScale, Tensor y, Tensor logsumexp)
    {
        (_qkv, _a, _m, _rowScale) = (Tape.Save(qkv), Tape.Save(a), Tape.Save(m), Tape.Save(rowScale));
        (_y, _logsumexp, _heads) = (Tape.Save(y), Tape.Save(logsumexp), heads);
    }

    /// <inheritdoc/>
    public static string Id => "attention";

    /// <inheritdoc/>
    public static GradientCase[] GradientCases =>
    [
        new("T 1", static (c, x) => Apply(x[0], 1, A(c, 1, 1), M(c, 1, 1)), [1, 1, 6]),
        new("T 5, 3 heads of 2", static (c, x) => Apply(x[0], 3, A(c, 1, 5), M(c, 1, 5)), [2, 5, 18]),
        new("T 5, tables per head", static (c, x) => Apply(x[0], 3, A(c, 3, 7), M(c, 3, 7)), [1, 5, 36]),
        new("T 5, row scale", static (c, x) => Apply(x[0], 3, A(c, 1, 5), M(c, 1, 5), x[1]), [2, 5, 18], [3, 5]) { Tables = [1] },
        new("T 67, 1 head of 6", static (c, x) => Apply(x[0], 1, A(c, 1, 67), M(c, 1, 67)), [1, 67, 18]),
        new("T 67, row scale, one table per kind", static (c, x) => Apply(x[0], 3, A(c, 3, 67), M(c, 1, 67), x[1]), [1, 67, 18], [3, 70]) { Tables = [1] },
        new("T 5, trained tables per head", static (c, x) => Apply(x[0], 3, x[1], x[2]), [2, 5, 18], [3, 7], [3, 5]) { Tables = [1, 2] },
        new("T 67, trained tables that heads share, row scale", static (c, x) => Apply(x[0], 2, x[1], x[2], x[3]), [2, 67, 12], [1, 67], [1, 70], [2, 67]) { Tables = [1, 2, 3] },
        new("T 130, trained m alone", static (c, x) => Apply(x[0], 1, A(c, 1, 130), x[1]), [1, 130, 6], [1, 130]) { Tables = [1] },
        new("T 68, 1 head of 8, row scale", static (c, x) => Apply(x[0], 1, A(c, 1, 68), M(c, 1, 70), x[1]), [1, 68, 24], [1, 68]) { Tables = [1] },
        new("T 5, 1 head of 72", static (c, x) => Apply(x[0], 1, A(c, 1, 5), M(c, 1, 5)), [1, 5, 216]),
    ];

    /// <summary>Attention of packed, already normalised and rotated qkv.</summary>
    /// <exception cref="ShapeException">qkv is not [B, T, 3C] with C a multiple of heads, or a table is too short.</exception>
    public static Tensor Apply(Tensor qkv, int heads, Tensor a, Tensor m, Tensor? rowScale = null)
    {
        Check(Id, qkv, heads, a, m, rowScale, qkv.Shape.Rank == 3 ? qkv.Shape[1] : 0);
        var (batch, length) = (qkv.Shape[0], qkv.Shape[1]);
        var y = Tensor.Empty(qkv.Shape.WithLast(qkv.Shape.Last / 3), qkv.DType, qkv.Device);
        var logsumexp = Tensor.Empty([batch, heads, length], qkv.DType.Accumulator, qkv.Device);
        qkv.Device.Kernels<IKernels>().Forward(qkv, heads, a, m, rowScale, y, logsumexp);
        return Tape.Needs(qkv, rowScale, a, m) ? Tape.Record(new Attention(qkv, heads, a, m, rowScale, y, logsumexp), y) : y;
    }

    /// <inheritdoc/>
    public void Backward(Tensor dy, Gradients grads)
    {
        var kernels = _qkv.Device.Kernels<IKernels>();
        GradientSlot? dqkv = grads.Slot(_qkv), drowScale = grads.Slot(_rowScale), da = grads.Slot(_a), dm = grads.Slot(_m);
        if (dqkv is not null || drowScale is not null) kernels.Backward(dy, _qkv, _heads, _a, _m, _rowScale, _y, _logsumexp, dqkv, drowScale);
        if (da is not null || dm is not null) kernels.BackwardTables(dy, _qkv, _heads, _a, _m, _rowScale, _y, _logsumexp, da, dm);
    }

    /// <summary>Checks the operands of attention over positions 0 … length − 1.</summary>
    internal static void Check(string id, Tensor qkv, int heads, Tensor a, Tensor m, Tensor? rowScale, int length)
    {
        Throw.Unless(qkv.Shape.Rank == 3 && qkv.Shape.Last % 3 == 0, id, "qkv must be [B, T, 3C]", qkv);
        Throw.Unless(heads > 0 && qkv.Shape.Last / 3 % heads == 0, id, "C must be a multiple of the number of heads", qkv);
        Table(a, nameof(a), 1);
        Table(m, nameof(m), 1);
        if (rowScale is { } r) Table(r, nameof(rowScale), heads);

        void Table(Tensor table, string name, int fewest)
        {
            var shape = table.Shape;
            var fits = shape.Rank == 2 && (shape[0] == fewest || shape[0] == heads) && shape[1] >= length;
            if (!fits) Throw.Unless(false, id, fewest == 1 ? $"{name} must be [1 or {heads}, at least {length}]" : $"{name} must be [{heads}, at least {length}]", qkv, table, bName: name);
            if (table.DType != qkv.DType.Accumulator) Throw.UnlessDType(false, id, $"{name} must be in the accumulator type of qkv", qkv, table, bName: name);
            Throw.UnlessSameDevice(id, qkv, table, bName: name);
        }
    }

    /// <summary>Scale-invariant slopes with τ = 2 (so that short checks see them vary), another τ in every head.</summary>
    private static Tensor A(GradientContext context, int heads, int length) => Table(context, heads, length, static l => Math.Sqrt(2 * l + 1));

    private static Tensor M(GradientContext context, int heads, int length) => Table(context, heads, length, static l => -2 * l);

    private static Tensor Table(GradientContext context, int heads, int length, Func<double, double> value)
    {
        var values = new double[heads * length];
        for (var i = 0; i < values.Length; i++) values[i] = value(Math.Log(1 + i % length / (2.0 + i / length)));
        return context.Table(values, [heads, length]);
    }
}
