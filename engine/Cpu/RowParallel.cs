namespace SiaEngine.Cpu;

/// <summary>One of the numbered tasks of <see cref="RowParallel"/>; <paramref name="worker"/> tells concurrent tasks apart, for scratch memory.</summary>
internal delegate void RowTask<TState>(in TState state, int index, int worker);

/// <summary>
/// The thread team of the CPU backend. <see cref="For{TState}(int, TState, Action{TState, int})"/> runs indices 0 to count − 1, each exactly once, on any of the team's threads; what an
/// index computes must not depend on who runs it, so results do not depend on the number of threads. Allocates nothing after the first call
/// with a state type. A nested call, or one made while another thread uses the team, runs on its caller.
/// </summary>
public static class RowParallel
{
    private const int Closed = 1 << 30;
    private const int SpinRounds = 2000;

    private static readonly Lock Gate = new();
    private static readonly object Sleep = new();
    private static readonly List<Thread> Team = [];

    [ThreadStatic]
    private static bool _insideTeam;

    private static volatile Job? _job;
    private static int _state = Closed;
    private static int _sleeping;
    private static volatile int _limit;
    private static int _threads = Environment.ProcessorCount;

    /// <summary>Number of threads, the caller included.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than one.</exception>
    public static int Threads
    {
        get => _threads;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _threads = value;
        }
    }

    /// <summary>Runs <paramref name="body"/> for every index below <paramref name="count"/>; returns when all are done.</summary>
    public static void For<TState>(int count, TState state, Action<TState, int> body) where TState : struct
    {
        // Made by the first call even if the team is busy, so that no later call allocates.
        var job = Job<TState>.Shared;
        if (!Enter(count, _threads))
        {
            for (var i = 0; i < count; i++) body(state, i);
            return;
        }

        job.Prepare(count, state, body);
        Run(job, _threads);
    }

    /// <summary>Upper bound of the worker numbers in a call with <paramref name="count"/> tasks.</summary>
    internal static int Workers(int count) => count <= 1 ? 1 : _threads;

    /// <summary>As <see cref="For{TState}(int, TState, Action{TState, int})"/>, with tasks that are told which worker runs them, 0 to <paramref name="workers"/> − 1.</summary>
    internal static void For<TState>(int count, in TState state, RowTask<TState> task, int workers = int.MaxValue) where TState : struct
    {
        var job = Job<TState>.Shared;
        if (!Enter(count, workers))
        {
            for (var i = 0; i < count; i++) task(state, i, 0);
            return;
        }

        job.Prepare(count, state, task);
        Run(job, workers);
    }

    private static bool Enter(int count, int workers) => count > 1 && _threads > 1 && workers > 1 && !_insideTeam && Gate.TryEnter();

    private static void Run(Job job, int workers)
    {
        try
        {
            while (Team.Count < _threads - 1) StartWorker();
            _limit = workers;
            _job = job;
            Interlocked.Exchange(ref _state, 0);
            if (Volatile.Read(ref _sleeping) > 0)
            {
                lock (Sleep) Monitor.PulseAll(Sleep);
            }

            _insideTeam = true;
            job.Run(0);
            Interlocked.Or(ref _state, Closed);
            var spin = default(SpinWait);
            while (Volatile.Read(ref _state) != Closed) spin.SpinOnce(sleep1Threshold: -1);
            _job = null;
            job.Finish();
        }
        finally
        {
            _insideTeam = false;
            Gate.Exit();
        }
    }

    private static void StartWorker()
    {
        var index = Team.Count + 1;
        var worker = new Thread(() => Work(index)) { IsBackground = true, Name = $"sia worker {index}" };
        Team.Add(worker);
        worker.Start();
    }

    private static void Work(int index)
    {
        _insideTeam = true;
        while (true)
        {
            WaitForJob();
            if (index >= _threads || !TryJoin())
            {
                Thread.Yield();
                continue;
            }

            if (index < _limit) _job!.Run(index);
            Interlocked.Decrement(ref _state);
            while (_job is { HasWork: false } && (Volatile.Read(ref _state) & Closed) == 0) Thread.SpinWait(1);
        }
    }

    private static bool TryJoin()
    {
        var state = Volatile.Read(ref _state);
        while ((state & Closed) == 0)
        {
            var seen = Interlocked.CompareExchange(ref _state, state + 1, state);
            if (seen == state) return true;
            state = seen;
        }

        return false;
    }

    private static void WaitForJob()
    {
        for (var i = 0; i < SpinRounds; i++)
        {
            if ((Volatile.Read(ref _state) & Closed) == 0) return;
            Thread.SpinWait(10);
        }

        lock (Sleep)
        {
            Interlocked.Increment(ref _sleeping);
            while ((Volatile.Read(ref _state) & Closed) != 0) Monitor.Wait(Sleep);
            Interlocked.Decrement(ref _sleeping);
        }
    }

    private abstract class Job
    {
        private Exception? _error;
        private int _next;
        private int _count;

        public bool HasWork => Volatile.Read(ref _next) < _count;

        public void Run(int worker)
        {
            try
            {
                int i;
                while ((i = Interlocked.Increment(ref _next) - 1) < _count) Execute(i, worker);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref _error, e, null);
                Volatile.Write(ref _next, _count);
            }
        }

        public void Finish()
        {
            Release();
            if (Interlocked.Exchange(ref _error, null) is { } error) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
        }

        protected void Reset(int count) => (_count, _next) = (count, 0);

        protected abstract void Execute(int index, int worker);

        protected abstract void Release();
    }

    private sealed class Job<TState> : Job where TState : struct
    {
        public static readonly Job<TState> Shared = new();

        private TState _value;
        private Action<TState, int>? _body;
        private RowTask<TState>? _task;

        public void Prepare(int count, TState state, Action<TState, int> body)
        {
            (_value, _body) = (state, body);
            Reset(count);
        }

        public void Prepare(int count, in TState state, RowTask<TState> task)
        {
            (_value, _task) = (state, task);
            Reset(count);
        }

        protected override void Execute(int index, int worker)
        {
            if (_task is { } task) task(_value, index, worker);
            else _body!(_value, index);
        }

        protected override void Release() => (_value, _body, _task) = (default, null, null);
    }
}
