using System.Numerics;
using System.Runtime.CompilerServices;

namespace SiaEngine.Cpu;

/// <summary>
/// Forward attention of a few query tiles of one head. A tile of logits is kept transposed, [key][query], so that maxima, sums and row factors
/// are vectors of queries and nothing is reduced across lanes.
/// </summary>
internal static unsafe class AttentionForward<T, V, L>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
    where L : struct, ILanes<T, V>
{
    private const int Size = AttentionTiles.Size;

    /// <summary>Elements from one row of <see cref="Size"/> queries to the next.</summary>
    private static int Row => AttentionTiles.Stride<T>(Size);

    /// <summary>Elements of scratch a call of <see cref="Run"/> needs for <paramref name="tiles"/> query tiles.</summary>
    public static nint Scratch(int headDim, int tiles) => AttentionTiles.PairElements<T>(headDim) + Size * Row + tiles * QueryTile.Elements(headDim);

    /// <summary>
    /// Computes the rows of query tiles [first, last), counted in tiles from position 0; <paramref name="logsumexp"/> [B, H, Count] may be null.
    /// <paramref name="pairs"/> holds the head's tiles of keys and values, or is null: then they are copied here.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in AttentionProblem<T> p, HeadRows<T> output, T* logsumexp, int batch, int head, int first, int last, T* pairs, T* scratch)
    {
        var pairElements = AttentionTiles.PairElements<T>(p.HeadDim);
        T* logits = scratch + pairElements, queries = logits + Size * Row;
        var stride = QueryTile.Elements(p.HeadDim);
        for (var tile = first; tile < last; tile++) new QueryTile(queries + (tile - first) * stride, p.HeadDim).Load(p, batch, head, tile);
        for (var keyTile = 0; keyTile < last; keyTile++)
        {
            var keys = pairs == null ? scratch : pairs + keyTile * pairElements;
            if (pairs == null) AttentionTiles.CopyPair(p, batch, head, keyTile, keys);
            for (var tile = Math.Max(first, keyTile); tile < last; tile++)
                new QueryTile(queries + (tile - first) * stride, p.HeadDim).Visit(p, head, tile, keyTile, keys, keys + pairElements / 2, logits);
        }

        for (var tile = first; tile < last; tile++)
            new QueryTile(queries + (tile - first) * stride, p.HeadDim).Store(p, output, logsumexp, batch, head, tile);
    }

    /// <summary>State of one query tile while the keys pass: q transposed, the unnormalised output, running maximum and sum per query.</summary>
    private readonly struct QueryTile
    {
        private readonly int _depth, _width, _row;
        private readonly T* _queries, _output, _maximum, _sum, _rescale;

        public QueryTile(T* memory, int headDim)
        {
            (_depth, _width, _row) = (headDim, AttentionTiles.RoundUp(headDim, L.Count), AttentionTiles.Stride<T>(headDim));
            _queries = memory;
            _output = _queries + _depth * Row;
            _maximum = _output + Size * _row;
            _sum = _maximum + Size;
            _rescale = _sum + Size;
        }

        public static nint Elements(int headDim) => (nint)headDim * Row + Size * (AttentionTiles.Stride<T>(headDim) + 4);

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Load(in AttentionProblem<T> p, int batch, int head, int tile)
        {
            // The output's memory serves as the copy of q that is transposed.
            AttentionTiles.LoadQueries(p, batch, head, tile, _output, _row, _rescale);
            AttentionTiles.Transpose(_output, _row, _depth, T.One / AttentionTiles.Ln2<T>(), _queries);
            new Span<T>(_output, Size * _row).Clear();
            // Finite, so that a row whose keys so far are all masked by m = −∞ gives exp2(−∞ − maximum) = 0 and not NaN.
            new Span<T>(_maximum, Size).Fill(T.CreateTruncating(-1e30));
            new Span<T>(_sum, Size).Clear();
        }

        /// <summary>Adds the keys of one tile. On the diagonal, what lies wholly in the future is skipped and the slab masks the rest.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Visit(in AttentionProblem<T> p, int head, int tile, int keyTile, T* keys, T* values, T* logits)
        {
            var rows = AttentionTiles.RoundUp(Math.Min(Size, p.End - tile * Size), 4);
            var lanes = AttentionTiles.RoundUp(rows, L.Count);
            var count = AttentionTiles.RoundUp(Math.Min(Size, p.End - keyTile * Size), 4);
            var distance = (tile - keyTile) * Size;
            if (distance > 0)
            {
                TileProduct<T, V, L>.Write(count, lanes, _depth, keys, _row, 1, _queries, Row, logits, Row);
                Softmax(p.Tables.A(head) + distance, p.Tables.M(head) + distance, logits, lanes, count, false);
                TileProduct<T, V, L>.ScaleAdd(rows, _width, count, logits, 1, Row, values, _row, _output, _row, _rescale);
                return;
            }

            for (var j = 0; j < count; j += 4)
            {
                var lane = j & -L.Count;
                TileProduct<T, V, L>.Write(4, lanes - lane, _depth, keys + j * _row, _row, 1, _queries + lane, Row, logits + j * Row + lane, Row);
            }

            Softmax(p.Tables.A(head), p.Tables.M(head), logits, lanes, count, true);
            for (var i = 0; i < rows; i += 4)
                TileProduct<T, V, L>.ScaleAdd(4, _width, i + 4, logits + i, 1, Row, values, _row, _output + i * _row, _row, _rescale + i);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Store(in AttentionProblem<T> p, HeadRows<T> output, T* logsumexp, int batch, int head, int tile)
        {
            for (var i = Math.Max(tile * Size, p.First); i < Math.Min((tile + 1) * Size, p.End); i++)
            {
                var r = i - tile * Size;
                var scale = T.One / _sum[r];
                AttentionTiles.StoreRow(_output + r * _row, _depth, scale, output.At(batch, head, i - p.First), T.Zero);
                if (logsumexp != null)
                    logsumexp[((nint)batch * p.Heads + head) * p.Count + i - p.First] = _maximum[r] * AttentionTiles.Ln2<T>() + T.Log(_sum[r]);
            }
        }

        /// <summary>Turns raw products into unnormalised probabilities and brings maximum, sum and the factor for the earlier output up to date.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Softmax(T* a, T* m, T* logits, int lanes, int count, bool diagonal)
        {
            for (var lane = 0; lane < lanes; lane += L.Count)
            {
                var visible = diagonal ? Math.Min(count, AttentionTiles.RoundUp(lane + L.Count, 4)) : count;
                T* column = logits + lane, laneA = a + lane, laneM = m + lane;
                var old = L.Load(_maximum + lane);
                var maximum = old;
                for (nint j = 0; j < visible; j++)
                {
                    var x = L.MultiplyAdd(L.Load(column + j * Row), L.Load(laneA - j), L.Load(laneM - j));
                    L.Store(column + j * Row, x);
                    maximum = L.Max(maximum, x);
                }

                var sum = L.Zero;
                for (nint j = 0; j < visible; j++)
                {
                    var e = Exp2<T, V, L>.Of(L.Subtract(L.Load(column + j * Row), maximum));
                    L.Store(column + j * Row, e);
                    sum = L.Add(sum, e);
                }

                var rescale = Exp2<T, V, L>.Of(L.Subtract(old, maximum));
                L.Store(_rescale + lane, rescale);
                L.Store(_maximum + lane, maximum);
                L.Store(_sum + lane, L.MultiplyAdd(L.Load(_sum + lane), rescale, sum));
            }
        }
    }
}
