using System.Numerics;

namespace SiaEngine.Cpu;

/// <summary>
/// Cosines and sines of position · ω_k for a run of positions, kept between calls with the same frequencies and start. Angles are computed in double, so that
/// positions far beyond 65,536 keep full accuracy.
/// </summary>
internal sealed class Rotations<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private T[] _frequencies = [];
    private T[] _cos = [], _sin = [];
    private int _first, _length;

    /// <summary>Makes the table hold positions first … first + length − 1.</summary>
    public void Prepare(ReadOnlySpan<T> frequencies, int first, int length)
    {
        var same = first == _first && frequencies.SequenceEqual(_frequencies);
        if (same && length <= _length) return;
        if (!frequencies.SequenceEqual(_frequencies)) _frequencies = frequencies.ToArray();
        (_first, _length) = (first, length);
        if (_cos.Length < length * frequencies.Length) (_cos, _sin) = (new T[length * frequencies.Length], new T[length * frequencies.Length]);
        for (var t = 0; t < length; t++)
        {
            for (var k = 0; k < _frequencies.Length; k++)
            {
                var (sin, cos) = Math.SinCos((first + t) * double.CreateChecked(_frequencies[k]));
                (_cos[t * _frequencies.Length + k], _sin[t * _frequencies.Length + k]) = (T.CreateChecked(cos), T.CreateChecked(sin));
            }
        }
    }

    /// <summary>Cosines of the pairs at the <paramref name="row"/>-th position of the run.</summary>
    public ReadOnlySpan<T> Cos(int row) => _cos.AsSpan(row * _frequencies.Length, _frequencies.Length);

    /// <summary>Sines of the pairs.</summary>
    public ReadOnlySpan<T> Sin(int row) => _sin.AsSpan(row * _frequencies.Length, _frequencies.Length);
}
