using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace SiaEngine.Cpu;

/// <summary>
/// Gradients of attention's distance tables, sums over diagonals: dm[h, t] = Σ_b Σ_i dL_i,i−t and da[h, t] = Σ_b Σ_i dL_i,i−t · r_i q_i·k_i−t / √D.
/// A pass of its own beside <see cref="AttentionBackward{T, V, L}"/>, since only trained tables need it: the two products of a tile come again, and what a
/// tile adds lies, row by row, in neighbouring entries of the tables. A task is a head of a batch entry; what they found is added up in order.
/// </summary>
internal readonly unsafe struct AttentionTableGradient<T, V, L>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
    where L : struct, ILanes<T, V>
{
    private const int Size = AttentionTiles.Size;

    /// <summary>Elements from one row of a tile of logits, or of a transposed tile, to the next.</summary>
    private static int Row => AttentionTiles.Stride<T>(Size);

    private readonly AttentionProblem<T> _problem;
    private readonly HeadRows<T> _upstream, _output;
    private readonly T* _logsumexp, _sums, _scratch;
    private readonly nint _sumsPerHead, _scratchPerWorker;
    private readonly int _stride, _tiles;

    private AttentionTableGradient(in AttentionProblem<T> problem, Tensor dy, Tensor y, Tensor logsumexp)
    {
        _problem = problem;
        (_upstream, _output) = (HeadRows<T>.Of(dy, problem.Heads), HeadRows<T>.Of(y, problem.Heads));
        _logsumexp = (T*)logsumexp.Address;
        _stride = AttentionTiles.Stride<T>(problem.HeadDim);
        _tiles = (problem.End + Size - 1) / Size;
        // da and dm, each with room for the distances, all of weight 0, that tiles on the edges reach beyond them.
        _sumsPerHead = 2 * (nint)(_tiles + 1) * Size;
        _scratchPerWorker = Size * (4 * _stride + 2 * Row + 3) + 2 * (nint)problem.HeadDim * Row;
        _sums = AttentionTasks<T, V, L>.Memory(problem.Batch * problem.Heads * _sumsPerHead, dy.Device);
        _scratch = AttentionTasks<T, V, L>.Memory(RowParallel.Workers(problem.Batch * problem.Heads) * _scratchPerWorker, dy.Device);
    }

    /// <summary>Adds to the slots of a and m; either may be missing.</summary>
    public static void Run(Tensor dy, Tensor qkv, int heads, Tensor a, Tensor m, Tensor? rowScale, Tensor y, Tensor logsumexp, GradientSlot? da, GradientSlot? dm)
    {
        using var scope = Scope.Enter();
        var task = new AttentionTableGradient<T, V, L>(AttentionTasks<T, V, L>.Problem(qkv, heads, a, m, rowScale), dy, y, logsumexp);
        var tasks = qkv.Shape[0] * heads;
        RowParallel.For(tasks, task, static (in AttentionTableGradient<T, V, L> t, int index, int worker) => t.Run(index, worker), RowParallel.Workers(tasks));
        if (da is { } slopes) task.Store(slopes, 0);
        if (dm is { } shifts) task.Store(shifts, 1);
    }

    private T* Sums(int index, int table) => _sums + index * _sumsPerHead + table * (_sumsPerHead / 2) + Size;

    private void Run(int index, int worker)
    {
        var (batch, head) = Math.DivRem(index, _problem.Heads);
        nint tile = Size * _stride, transposed = _problem.HeadDim * Row;
        T* pair = _scratch + worker * _scratchPerWorker, rows = pair + 2 * tile, queries = rows + tile, upstream = queries + transposed;
        T* upstreamTransposed = upstream + tile, logits = upstreamTransposed + transposed, gradients = logits + Size * Row, scale = gradients + Size * Row;
        T* logsumexp = scale + Size, dot = logsumexp + Size;
        T* da = Sums(index, 0), dm = Sums(index, 1);
        new Span<T>(da - Size, (int)_sumsPerHead).Clear();
        for (var queryTile = 0; queryTile < _tiles; queryTile++)
        {
            AttentionTiles.LoadQueries(_problem, batch, head, queryTile, rows, _stride, scale);
            AttentionTiles.Transpose(rows, _stride, _problem.HeadDim, T.One / AttentionTiles.Ln2<T>(), queries);
            AttentionTiles.LoadUpstream(_problem, _upstream, _output, _logsumexp, batch, head, queryTile, upstream, _stride, upstreamTransposed, logsumexp, dot);
            for (var keyTile = 0; keyTile <= queryTile; keyTile++)
            {
                AttentionTiles.CopyPair(_problem, batch, head, keyTile, pair);
                TileProduct<T, V, L>.Write(Size, Size, _problem.HeadDim, pair, _stride, 1, queries, Row, logits, Row);
                TileProduct<T, V, L>.Write(Size, Size, _problem.HeadDim, pair + tile, _stride, 1, upstreamTransposed, Row, gradients, Row);
                var distance = (queryTile - keyTile) * Size;
                AddDiagonals(_problem.Tables.A(head) + distance, _problem.Tables.M(head) + distance, logits, gradients, logsumexp, dot, da + distance, dm + distance);
            }
        }
    }

    /// <summary>Adds what query row lane and key row j of a tile, [key][query], give to distance lane − j; the future's probabilities are 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddDiagonals(T* a, T* m, T* logits, T* gradients, T* logsumexp, T* dot, T* da, T* dm)
    {
        var ln2 = L.Broadcast(AttentionTiles.Ln2<T>());
        for (nint j = 0; j < Size; j++)
        {
            for (nint lane = 0; lane < Size; lane += L.Count)
            {
                var x = L.Load(logits + j * Row + lane);
                var probability = Exp2<T, V, L>.Of(L.Subtract(L.MultiplyAdd(x, L.Load(a + lane - j), L.Load(m + lane - j)), L.Load(logsumexp + lane)));
                var w = L.Multiply(probability, L.Subtract(L.Load(gradients + j * Row + lane), L.Load(dot + lane)));
                L.Store(dm + lane - j, L.Add(L.Load(dm + lane - j), w));
                L.Store(da + lane - j, L.MultiplyAdd(L.Multiply(w, ln2), x, L.Load(da + lane - j)));
            }
        }
    }

    /// <summary>Adds up the batch entries, and the heads if they share a row.</summary>
    private void Store(GradientSlot slot, int table)
    {
        var gradient = slot.Grad.Span<T>();
        var (rows, entries) = (slot.Grad.Shape[0], slot.Grad.Shape[1]);
        if (slot.Beta == 0) gradient.Clear();
        for (var index = 0; index < _problem.Batch * _problem.Heads; index++)
        {
            var row = gradient.Slice(rows == 1 ? 0 : index % _problem.Heads * entries, _problem.Count);
            TensorPrimitives.Add(row, new ReadOnlySpan<T>(Sums(index, table), _problem.Count), row);
        }
    }
}
