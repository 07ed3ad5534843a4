using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// <c>shfl.sync</c>: each lane reads a register of another (PTX ISA 8.4, section 9.7.8.6). With clamp = c[4:0], segment mask s = c[12:8], max = (lane and s) or
/// (clamp and not s): up j = lane − b, in range if j ≥ max; down j = lane + b; bfly j = lane xor b; idx j = (lane and s) or (b and not s); in range if j ≤ max.
/// Out of range, a lane keeps its own value. A lane that reads one which does not take part, or whose register holds no value, gets no value.
/// </summary>
internal sealed class ShuffleStep : MaskedStep
{
    private readonly ShuffleMode _mode;
    private readonly Slot _value, _source, _lane, _clamp;
    private readonly Slot? _inRange;
    private readonly int[]? _table;
    private readonly uint _tableInRange;

    /// <summary>The instruction; <paramref name="fixedLane"/> and <paramref name="fixedClamp"/> are operands b and c where those are constants.</summary>
    public ShuffleStep(ShuffleMode mode, Slot value, Slot? inRange, Slot source, Slot lane, Slot clamp, Slot members, uint? constant, uint? fixedLane, uint? fixedClamp)
        : base(members, constant)
    {
        (_mode, _value, _inRange, _source, _lane, _clamp) = (mode, value, inRange, source, lane, clamp);
        if (fixedLane is not { } b || fixedClamp is not { } c) return;
        _table = new int[32];
        for (var i = 0; i < 32; i++)
        {
            _table[i] = From(mode, i, b, c, out var inside);
            if (inside) _tableInRange |= 1u << i;
        }
    }

    /// <summary>Lane that lane <paramref name="lane"/> reads, and whether it is in range.</summary>
    internal static int From(ShuffleMode mode, int lane, uint b, uint c, out bool inRange)
    {
        int offset = (int)(b & 31), clamp = (int)(c & 31), segment = (int)(c >> 8 & 31);
        var most = (lane & segment) | (clamp & ~segment);
        var from = mode switch
        {
            ShuffleMode.Up => lane - offset,
            ShuffleMode.Down => lane + offset,
            ShuffleMode.Butterfly => lane ^ offset,
            _ => (lane & segment) | (offset & ~segment),
        };
        inRange = mode == ShuffleMode.Up ? from >= most : from <= most;
        return inRange ? from : lane;
    }

    /// <inheritdoc/>
    protected override unsafe void Run(Warp warp, uint group)
    {
        var result = stackalloc uint[32];
        uint defined = 0, inRange = 0;
        var source = warp.At<uint>(_source);
        var step = _source.Stride / 4;
        var present = group & (_source.Index < 0 || !warp.Launch.Checks ? uint.MaxValue : warp.Defined[_source.Index]);
        if (_table is { } table && group == uint.MaxValue && present == uint.MaxValue)
        {
            for (var lane = 0; lane < 32; lane++) result[lane] = source[table[lane] * step];
            (defined, inRange) = (uint.MaxValue, _tableInRange);
        }
        else
        {
            for (var rest = group; rest != 0; rest &= rest - 1)
            {
                var lane = BitOperations.TrailingZeroCount(rest);
                var from = From(_mode, lane, warp.Lane<uint>(_lane, lane), warp.Lane<uint>(_clamp, lane), out var inside);
                if (inside) inRange |= 1u << lane;
                if ((present >> from & 1) == 0) continue;
                defined |= 1u << lane;
                result[lane] = source[from * step];
            }
        }

        for (var rest = defined; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            warp.Lane<uint>(_value, lane) = result[lane];
        }

        if (_value.Index >= 0) warp.Defined[_value.Index] = (warp.Defined[_value.Index] & ~group) | defined;
        if (_inRange is { } predicate) warp.SetPredicate(predicate, group, inRange);
    }
}
