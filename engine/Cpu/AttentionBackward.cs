using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace SiaEngine.Cpu;

/// <summary>
/// Backward attention of a range of query tiles of one head: probabilities are recomputed tile by tile, [key][query], and used for all three
/// gradients at once, so that five products per tile do all the work. dq is complete; dk and dv are this range's share.
/// </summary>
/// <remarks>
/// With w = P ∘ (dP − D) ∘ a, dP = dO Vᵀ, D = rowsum(dO ∘ O):  dq_i = r_i/√D Σ_j w_ij k_j,  dk_j = Σ_i w_ij r_i/√D q_i,  dv_j = Σ_i P_ij dO_i,
/// and dr_i = q_i/√D · Σ_j w_ij k_j, so that the row scale costs nothing inside the tiles.
/// </remarks>
internal static unsafe class AttentionBackward<T, V, L>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
    where L : struct, ILanes<T, V>
{
    private const int Size = AttentionTiles.Size;

    /// <summary>
    /// Query tiles that share a tile of keys and values; the working set stays within 512 KiB of L2 cache up to D = 128, or within 1 MiB, which cores with
    /// vectors of 512 bits have.
    /// </summary>
    private static int Block(int headDim) => headDim <= (L.ManyRegisters ? 128 : 64) ? 2 : 1;

    /// <summary>What goes in and out besides the problem itself.</summary>
    public readonly struct Operands
    {
        /// <summary>dO [B, T, C].</summary>
        public required HeadRows<T> Upstream { get; init; }

        /// <summary>O [B, T, C].</summary>
        public required HeadRows<T> Output { get; init; }

        /// <summary>[B, H, T].</summary>
        public required T* Logsumexp { get; init; }

        /// <summary>dq, or nothing.</summary>
        public required HeadRows<T> QueryGradient { get; init; }

        /// <summary>0 or 1, for dq.</summary>
        public required T Beta { get; init; }

        /// <summary>dr of every batch entry, [B, H, T], or null.</summary>
        public required T* RowScaleGradient { get; init; }
    }

    /// <summary>Elements from one row of <see cref="Size"/> queries to the next.</summary>
    private static int Row => AttentionTiles.Stride<T>(Size);

    /// <summary>Elements of scratch a call of <see cref="Run"/> with up to <paramref name="tiles"/> tiles of keys needs.</summary>
    public static nint Scratch(int headDim, int tiles) => 2 * Size * Row + tiles * AttentionTiles.PairElements<T>(headDim) + Block(headDim) * QueryTile.Elements(headDim);

    /// <summary>Padded row length of <c>dk</c> and <c>dv</c> in <see cref="Run"/>.</summary>
    public static int Width(int headDim) => AttentionTiles.RoundUp(headDim, L.Count);

    /// <summary>
    /// Query tiles [first, last) of one head; overwrites the first last · 64 rows of <paramref name="dk"/> and <paramref name="dv"/>, padded to
    /// <see cref="Width"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in AttentionProblem<T> p, in Operands o, int batch, int head, int first, int last, T* dk, T* dv, T* scratch)
    {
        var width = Width(p.HeadDim);
        var pairElements = AttentionTiles.PairElements<T>(p.HeadDim);
        T* probabilities = scratch, gradients = probabilities + Size * Row, pairs = gradients + Size * Row, queries = pairs + last * pairElements;
        var stride = QueryTile.Elements(p.HeadDim);
        var block = Block(p.HeadDim);
        for (var tile = 0; tile < last; tile++) AttentionTiles.CopyPair(p, batch, head, tile, pairs + tile * pairElements);
        new Span<T>(dk, last * Size * width).Clear();
        new Span<T>(dv, last * Size * width).Clear();
        for (var from = first; from < last; from += block)
        {
            var to = Math.Min(from + block, last);
            for (var tile = from; tile < to; tile++) new QueryTile(queries + (tile - from) * stride, p.HeadDim).Load(p, o, batch, head, tile);
            for (var keyTile = 0; keyTile < to; keyTile++)
            {
                T* keys = pairs + keyTile * pairElements, values = keys + pairElements / 2;
                T* dkTile = dk + (nint)keyTile * Size * width, dvTile = dv + (nint)keyTile * Size * width;
                for (var tile = Math.Max(from, keyTile); tile < to; tile++)
                {
                    var query = new QueryTile(queries + (tile - from) * stride, p.HeadDim);
                    if (tile == keyTile) query.VisitDiagonal(p, head, tile, keys, values, probabilities, gradients, dkTile, dvTile);
                    else query.Visit(p, head, tile, keyTile, keys, values, probabilities, gradients, dkTile, dvTile);
                }
            }

            for (var tile = from; tile < to; tile++) new QueryTile(queries + (tile - from) * stride, p.HeadDim).Store(p, o, batch, head, tile);
        }
    }

    /// <summary>State of one query tile while the keys pass.</summary>
    private readonly struct QueryTile
    {
        private readonly int _depth, _width, _row;
        private readonly T* _queries, _queriesTransposed, _upstream, _upstreamTransposed, _gradient, _scale, _logsumexp, _dot;

        public QueryTile(T* memory, int headDim)
        {
            (_depth, _width, _row) = (headDim, Width(headDim), AttentionTiles.Stride<T>(headDim));
            nint tile = Size * _row, transposed = _depth * Row;
            _queries = memory;
            _upstream = _queries + tile;
            _gradient = _upstream + tile;
            _queriesTransposed = _gradient + tile;
            _upstreamTransposed = _queriesTransposed + transposed;
            _scale = _upstreamTransposed + transposed;
            _logsumexp = _scale + Size;
            _dot = _logsumexp + Size;
        }

        public static nint Elements(int headDim) => 3 * Size * (AttentionTiles.Stride<T>(headDim) + 1) + 2 * (nint)headDim * Row;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Load(in AttentionProblem<T> p, in Operands o, int batch, int head, int tile)
        {
            AttentionTiles.LoadQueries(p, batch, head, tile, _queries, _row, _scale);
            AttentionTiles.Transpose(_queries, _row, _depth, T.One / AttentionTiles.Ln2<T>(), _queriesTransposed);
            AttentionTiles.LoadUpstream(p, o.Upstream, o.Output, o.Logsumexp, batch, head, tile, _upstream, _row, _upstreamTransposed, _logsumexp, _dot);
            new Span<T>(_gradient, Size * _row).Clear();
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Visit(in AttentionProblem<T> p, int head, int tile, int keyTile, T* keys, T* values, T* probabilities, T* gradients, T* dk, T* dv)
        {
            var (rows, lanes) = Extent(p, tile);
            var distance = (tile - keyTile) * Size;
            TileProduct<T, V, L>.Write(Size, lanes, _depth, keys, _row, 1, _queriesTransposed, Row, probabilities, Row);
            TileProduct<T, V, L>.Write(Size, lanes, _depth, values, _row, 1, _upstreamTransposed, Row, gradients, Row);
            Differentiate(p.Tables.A(head) + distance, p.Tables.M(head) + distance, probabilities, gradients, lanes, Size, false);
            TileProduct<T, V, L>.Add(Size, _width, rows, probabilities, Row, 1, _upstream, _row, dv, _width);
            TileProduct<T, V, L>.Add(Size, _width, rows, gradients, Row, 1, _queries, _row, dk, _width);
            TileProduct<T, V, L>.Add(rows, _width, Size, gradients, 1, Row, keys, _row, _gradient, _row);
        }

        /// <summary>The same where queries meet their own keys: four rows at a time, without what lies wholly in the future.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void VisitDiagonal(in AttentionProblem<T> p, int head, int tile, T* keys, T* values, T* probabilities, T* gradients, T* dk, T* dv)
        {
            var (rows, lanes) = Extent(p, tile);
            for (var j = 0; j < rows; j += 4)
            {
                var lane = j & -L.Count;
                T* key = keys + j * _row, value = values + j * _row, logits = probabilities + j * Row + lane, upstream = gradients + j * Row + lane;
                TileProduct<T, V, L>.Write(4, lanes - lane, _depth, key, _row, 1, _queriesTransposed + lane, Row, logits, Row);
                TileProduct<T, V, L>.Write(4, lanes - lane, _depth, value, _row, 1, _upstreamTransposed + lane, Row, upstream, Row);
            }

            Differentiate(p.Tables.A(head), p.Tables.M(head), probabilities, gradients, lanes, rows, true);
            for (var j = 0; j < rows; j += 4)
            {
                var corner = j * Row + j;
                nint row = j * _row, target = j * _width;
                TileProduct<T, V, L>.Add(4, _width, rows - j, probabilities + corner, Row, 1, _upstream + row, _row, dv + target, _width);
                TileProduct<T, V, L>.Add(4, _width, rows - j, gradients + corner, Row, 1, _queries + row, _row, dk + target, _width);
                TileProduct<T, V, L>.Add(4, _width, j + 4, gradients + j, 1, Row, keys, _row, _gradient + row, _row);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Store(in AttentionProblem<T> p, in Operands o, int batch, int head, int tile)
        {
            var scale = T.One / T.Sqrt(T.CreateTruncating(_depth));
            for (var r = 0; r < Math.Min(Size, p.End - tile * Size); r++)
            {
                var i = tile * Size + r;
                var sum = _gradient + r * _row;
                if (o.RowScaleGradient != null)
                {
                    o.RowScaleGradient[((nint)batch * p.Heads + head) * p.Count + i] =
                        TensorPrimitives.Dot(new ReadOnlySpan<T>(sum, _depth), new ReadOnlySpan<T>(p.Queries.At(batch, head, i), _depth)) * scale;
                }

                if (!o.QueryGradient.IsNull) AttentionTiles.StoreRow(sum, _depth, _scale[r], o.QueryGradient.At(batch, head, i), o.Beta);
            }
        }

        private static (int Rows, int Lanes) Extent(in AttentionProblem<T> p, int tile)
        {
            var rows = AttentionTiles.RoundUp(Math.Min(Size, p.End - tile * Size), 4);
            return (rows, AttentionTiles.RoundUp(rows, L.Count));
        }

        /// <summary>From raw products to P and w = P ∘ (dP − D) ∘ a, in place.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Differentiate(T* a, T* m, T* logits, T* gradients, int lanes, int count, bool diagonal)
        {
            for (var lane = 0; lane < lanes; lane += L.Count)
            {
                var visible = diagonal ? Math.Min(count, AttentionTiles.RoundUp(lane + L.Count, 4)) : count;
                T* column = logits + lane, gradient = gradients + lane, laneA = a + lane, laneM = m + lane;
                V logsumexp = L.Load(_logsumexp + lane), dot = L.Load(_dot + lane);
                for (nint j = 0; j < visible; j++)
                {
                    var slope = L.Load(laneA - j);
                    var x = L.MultiplyAdd(L.Load(column + j * Row), slope, L.Load(laneM - j));
                    var probability = Exp2<T, V, L>.Of(L.Subtract(x, logsumexp));
                    L.Store(column + j * Row, probability);
                    var w = L.Multiply(probability, L.Subtract(L.Load(gradient + j * Row), dot));
                    L.Store(gradient + j * Row, L.Multiply(w, slope));
                }
            }
        }
    }
}
