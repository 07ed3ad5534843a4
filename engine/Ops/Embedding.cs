namespace SiaEngine.Ops;

/// <summary>Rows of a table, one per token id.</summary>
/// <remarks>
/// forward   y[i] = W[id[i]]                   W [V, C]   ids [..] i32   y [.., C]
/// backward  dW[v] = Σ_{i: id[i] = v} dy[i], summed in the order of i
/// saves     ids
/// </remarks>
public readonly struct Embedding : IOp
{
    /// <summary>What a device implements.</summary>
    public interface IKernels
    {
        /// <summary>y[i] = W[id[i]].</summary>
        /// <exception cref="IndexException">An id lies outside [0, V); the message has its position and value.</exception>
        void Forward(Tensor weight, Tensor ids, Tensor y);

        /// <summary>dW[v] = the sum of dy over the positions of v; zero for ids that do not occur.</summary>
        void Backward(Tensor dy, Tensor ids, GradientSlot dweight);
    }

    private readonly Tensor _weight, _ids;

    private Embedding(Tensor weight, Tensor ids) => (_weight, _ids) = (Tape.Track(weight), Tape.Save(ids));

    /// <inheritdoc/>
    public static string Id => "embedding";

    /// <inheritdoc/>
    public static GradientCase[] GradientCases =>
    [
        new("repeated ids", static (c, t) => Apply(t[0], c.Indices([4, 0, 4, 4, 1, 0], [2, 3])), [5, 7]),
        new("more rows than a part", static (c, t) => Apply(t[0], c.Indices([98, 2, 40, 41, 2], [5])), [99, 3]),
        new("size 1", static (c, t) => Apply(t[0], c.Indices([0], [1])), [1, 1]),
    ];

    /// <summary>The row of <paramref name="weight"/> for each id.</summary>
    /// <exception cref="ShapeException">The table is not [V, C].</exception>
    /// <exception cref="IndexException">An id lies outside [0, V).</exception>
    public static Tensor Apply(Tensor weight, Tensor ids)
    {
        Throw.Unless(weight.Shape.Rank == 2, Id, "weight must be [V, C]", weight, ids);
        Throw.Unless(ids.Shape.Rank < Shape.MaxRank, Id, "ids must leave an axis for C, at most 3 axes", weight, ids);
        Throw.UnlessDType(ids.DType == DType.I32, Id, "ids must be i32", weight, ids);
        Throw.UnlessSameDevice(Id, weight, ids);
        var y = Tensor.Empty(ids.Shape.Append(weight.Shape[1]), weight.DType, weight.Device);
        weight.Device.Kernels<IKernels>().Forward(weight, ids, y);
        return Tape.Needs(weight) ? Tape.Record(new Embedding(weight, ids), y) : y;
    }

    /// <inheritdoc/>
    public void Backward(Tensor dy, Gradients grads)
    {
        if (grads.Slot(_weight, out var dweight)) dy.Device.Kernels<IKernels>().Backward(dy, _ids, dweight);
    }
}
