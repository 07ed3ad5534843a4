using System.Numerics;

namespace SiaEngine.Cpu;

/// <summary>
/// Splits attention into tasks, by shape alone, so that the bits do not depend on the number of threads. Forward: blocks of query tiles, longest first,
/// after keys and values were copied to tiles, for as many heads at a time as <see cref="PackedElements"/> holds.
/// Backward: a task per head, or per equal share of a head's causal triangle while there are fewer than <see cref="FewHeads"/> heads in the batch;
/// the shares' dk and dv are added in order afterwards.
/// </summary>
internal static unsafe class AttentionTasks<T, V, L>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
    where L : struct, ILanes<T, V>
{
    private const int Size = AttentionTiles.Size;

    /// <summary>Query tiles per forward task, unless that leaves too few tasks.</summary>
    private const int LargestBlock = 4;

    /// <summary>Enough tasks to keep the cores of a workstation busy.</summary>
    private const int FewHeads = 16;

    /// <summary>Limit for the copies of keys and values in forward, unless one head needs more.</summary>
    private const int PackedElements = 1 << 24;

    public static void Forward(Tensor qkv, int heads, Tensor a, Tensor m, Tensor? rowScale, Tensor y, Tensor logsumexp)
    {
        using var scope = Scope.Enter();
        var problem = Problem(qkv, heads, a, m, rowScale);
        ForwardTask.Run(problem, HeadRows<T>.Of(y, heads), (T*)logsumexp.Address, qkv.Device);
    }

    /// <summary>Attention of any rows that the problem describes, without logsumexp.</summary>
    public static void Forward(in AttentionProblem<T> problem, HeadRows<T> output, Device device) => ForwardTask.Run(problem, output, null, device);

    public static void Backward(Tensor dy, Tensor qkv, int heads, Tensor a, Tensor m, Tensor? rowScale, Tensor y, Tensor logsumexp, GradientSlot? dqkv,
        GradientSlot? drowScale)
    {
        using var scope = Scope.Enter();
        var (batch, length) = (qkv.Shape[0], qkv.Shape[1]);
        if (qkv.Count == 0) return;
        var problem = Problem(qkv, heads, a, m, rowScale);
        var partial = drowScale is null ? null : Memory((nint)batch * heads * length, qkv.Device);
        var operands = new AttentionBackward<T, V, L>.Operands
        {
            Upstream = HeadRows<T>.Of(dy, heads),
            Output = HeadRows<T>.Of(y, heads),
            Logsumexp = (T*)logsumexp.Address,
            QueryGradient = dqkv is { } q ? HeadRows<T>.Of(q.Grad, heads, 0, 3) : default,
            Beta = T.CreateTruncating(dqkv?.Beta ?? 0),
            RowScaleGradient = partial,
        };
        BackwardTask.Run(problem, operands, dqkv is { } k ? HeadRows<T>.Of(k.Grad, heads, 1, 3) : default,
            dqkv is { } v ? HeadRows<T>.Of(v.Grad, heads, 2, 3) : default, qkv.Device);
        if (drowScale is { } slot) AddBatches(partial, batch, heads, length, slot);
    }

    /// <summary>64-byte aligned elements that belong to the current scope.</summary>
    public static T* Memory(nint elements, Device device)
    {
        var row = 1 << 20;
        var rows = (int)((elements + row - 1) / row);
        return (T*)(rows <= 1 ? Tensor.Empty([(int)elements], DType.Of<T>(), device) : Tensor.Empty([rows, row], DType.Of<T>(), device)).Address;
    }

    /// <summary>Attention over all positions of packed qkv, with tables that belong to the current scope.</summary>
    public static AttentionProblem<T> Problem(Tensor qkv, int heads, Tensor a, Tensor m, Tensor? rowScale)
    {
        var length = qkv.Shape[1];
        var slab = Tensor.Empty(DistanceSlab<T>.ShapeFor(a, m, length), DType.Of<T>(), qkv.Device);
        return new()
        {
            Queries = HeadRows<T>.Of(qkv, heads, 0, 3),
            Keys = HeadRows<T>.Of(qkv, heads, 1, 3),
            Values = HeadRows<T>.Of(qkv, heads, 2, 3),
            Tables = DistanceSlab<T>.Fill(a, m, length, slab),
            RowScale = rowScale is { } r ? (T*)r.Address : null,
            RowScaleHead = rowScale is { } s ? s.Shape[1] : 0,
            Batch = qkv.Shape[0],
            Heads = heads,
            HeadDim = qkv.Shape.Last / 3 / heads,
            First = 0,
            Count = length,
        };
    }

    private static void AddBatches(T* partial, int batch, int heads, int length, GradientSlot slot)
    {
        var gradient = slot.Grad.Span<T>();
        var row = slot.Grad.Shape[1];
        if (slot.Beta == 0) gradient.Clear();
        for (var b = 0; b < batch; b++)
        {
            for (var h = 0; h < heads; h++)
            {
                for (var i = 0; i < length; i++) gradient[h * row + i] += partial[((nint)b * heads + h) * length + i];
            }
        }
    }

    private readonly struct ForwardTask
    {
        private readonly AttentionProblem<T> _problem;
        private readonly HeadRows<T> _output;
        private readonly T* _logsumexp, _scratch, _pairs;
        private readonly nint _scratchPerWorker, _pairsPerHead;
        private readonly int _firstTile, _tiles, _block, _blocks, _group;

        private ForwardTask(in AttentionProblem<T> problem, HeadRows<T> output, T* logsumexp, Device device)
        {
            (_problem, _output) = (problem, output);
            _logsumexp = logsumexp;
            _firstTile = problem.First / Size;
            _tiles = (problem.End + Size - 1) / Size;
            var heads = problem.Batch * problem.Heads;
            var perHead = Math.Max(1, 2 * FewHeads / Math.Max(1, heads));
            _block = Math.Clamp((_tiles - _firstTile) / perHead, 1, LargestBlock);
            _blocks = (_tiles - _firstTile + _block - 1) / _block;
            _pairsPerHead = _tiles * AttentionTiles.PairElements<T>(problem.HeadDim);
            _group = (int)Math.Clamp(PackedElements / Math.Max(1, _pairsPerHead), 1, Math.Max(1, heads));
            // Keys that only one block reads are not worth a copy of all.
            _pairs = _blocks > 1 ? Memory(_group * _pairsPerHead, device) : null;
            _scratchPerWorker = AttentionForward<T, V, L>.Scratch(problem.HeadDim, _block);
            _scratch = Memory(RowParallel.Workers(_group * _blocks) * _scratchPerWorker, device);
        }

        public static void Run(in AttentionProblem<T> problem, HeadRows<T> output, T* logsumexp, Device device)
        {
            using var scope = Scope.Enter();
            var task = new ForwardTask(problem, output, logsumexp, device);
            var heads = problem.Batch * problem.Heads;
            for (var first = 0; first < heads; first += task._group)
            {
                var group = (Task: task, First: first, Heads: Math.Min(task._group, heads - first));
                if (task._pairs != null) RowParallel.For(group.Heads * task._tiles, group, static (g, index) => g.Task.Pack(g.First, index));
                var count = group.Heads * task._blocks;
                RowParallel.For(count, group, static (in (ForwardTask Task, int First, int Heads) g, int index, int worker) => g.Task.Run(g.First, g.Heads, index, worker),
                    RowParallel.Workers(count));
            }
        }

        private void Pack(int firstHead, int index)
        {
            var (head, tile) = Math.DivRem(index, _tiles);
            AttentionTiles.CopyPair(_problem, (firstHead + head) / _problem.Heads, (firstHead + head) % _problem.Heads, tile,
                _pairs + head * _pairsPerHead + tile * AttentionTiles.PairElements<T>(_problem.HeadDim));
        }

        private void Run(int firstHead, int heads, int index, int worker)
        {
            var first = _firstTile + (_blocks - 1 - index / heads) * _block;
            var (batch, head) = Math.DivRem(firstHead + index % heads, _problem.Heads);
            AttentionForward<T, V, L>.Run(_problem, _output, _logsumexp, batch, head, first, Math.Min(first + _block, _tiles),
                _pairs == null ? null : _pairs + index % heads * _pairsPerHead, _scratch + worker * _scratchPerWorker);
        }
    }

    private readonly struct BackwardTask
    {
        private readonly AttentionProblem<T> _problem;
        private readonly AttentionBackward<T, V, L>.Operands _operands;
        private readonly HeadRows<T> _keyGradient, _valueGradient;
        private readonly T* _scratch, _shares;
        private readonly nint _scratchPerWorker, _share;
        private readonly int _tiles, _split, _width;

        private BackwardTask(in AttentionProblem<T> problem, in AttentionBackward<T, V, L>.Operands operands, HeadRows<T> dk, HeadRows<T> dv, Device device)
        {
            (_problem, _operands, _keyGradient, _valueGradient) = (problem, operands, dk, dv);
            _tiles = (problem.End + Size - 1) / Size;
            var heads = problem.Batch * problem.Heads;
            _split = Math.Clamp((FewHeads + heads - 1) / heads, 1, Math.Max(1, _tiles / 4));
            _width = AttentionBackward<T, V, L>.Width(problem.HeadDim);
            _share = (nint)2 * _tiles * Size * _width;
            _scratchPerWorker = AttentionBackward<T, V, L>.Scratch(problem.HeadDim, _tiles);
            var workers = RowParallel.Workers(heads * _split);
            _scratch = Memory(workers * _scratchPerWorker, device);
            // With one share per head a worker writes its result out before the next head needs the memory.
            _shares = Memory((_split == 1 ? workers : heads * _split) * _share, device);
        }

        public static void Run(in AttentionProblem<T> problem, in AttentionBackward<T, V, L>.Operands operands, HeadRows<T> dk, HeadRows<T> dv, Device device)
        {
            var task = new BackwardTask(problem, operands, dk, dv, device);
            var (heads, split) = (problem.Batch * problem.Heads, task._split);
            RowParallel.For(heads * split, task, static (in BackwardTask t, int index, int worker) => t.Run(index, worker), RowParallel.Workers(heads * split));
            if (split > 1) RowParallel.For(heads, task, static (in BackwardTask t, int index, int worker) => t.Store(index, index));
        }

        private void Run(int index, int worker)
        {
            // The last share of a head is the largest in keys; it starts first.
            var heads = _problem.Batch * _problem.Heads;
            var (share, head) = (_split - 1 - index / heads, index % heads);
            var dk = _shares + (_split == 1 ? worker : head * _split + share) * _share;
            AttentionBackward<T, V, L>.Run(_problem, _operands, head / _problem.Heads, head % _problem.Heads, Boundary(share), Boundary(share + 1), dk,
                dk + _share / 2, _scratch + worker * _scratchPerWorker);
            if (_split == 1) Store(head, worker);
        }

        /// <summary>First query tile of a share: shares cover equal areas of the causal triangle.</summary>
        private int Boundary(int share) => (int)Math.Round(_tiles * Math.Sqrt((double)share / _split));

        /// <summary>Adds up the shares of a head and writes dk and dv.</summary>
        private void Store(int head, int slot)
        {
            if (_keyGradient.IsNull) return;
            var depth = _problem.HeadDim;
            var first = _shares + slot * _split * _share;
            for (var j = 0; j < _problem.End; j++)
            {
                StoreRow(first + (nint)j * _width, j, _keyGradient.At(head / _problem.Heads, head % _problem.Heads, j));
                StoreRow(first + _share / 2 + (nint)j * _width, j, _valueGradient.At(head / _problem.Heads, head % _problem.Heads, j));
            }
        }

        private void StoreRow(T* row, int position, T* destination)
        {
            var depth = _problem.HeadDim;
            var beta = _operands.Beta;
            for (var share = 0; share < _split; share++)
            {
                if (Boundary(share + 1) * Size <= position) continue;
                AttentionTiles.StoreRow(row + share * _share, depth, T.One, destination, beta);
                beta = T.One;
            }
        }
    }
}
