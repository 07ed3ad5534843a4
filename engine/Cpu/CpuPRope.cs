using System.Numerics;
using SiaEngine.Ops;

namespace SiaEngine.Cpu;

/// <summary><see cref="PRope"/> on the CPU: a row (one position, all heads) at a time; sines and cosines come from a table kept between calls.</summary>
internal sealed class CpuPRope : PRope.IKernels
{
    private const int RowsPerTask = 16;

    private readonly Rotations<float> _single = new();
    private readonly Rotations<double> _double = new();

    public void Forward(Tensor x, Tensor frequencies, int heads, int firstPosition, Tensor y, Tensor? rstd, float eps)
    {
        switch (x.DType)
        {
            case DType.F32: Forward(_single, x, frequencies, heads, firstPosition, y, rstd, eps); break;
            case DType.F64: Forward(_double, x, frequencies, heads, firstPosition, y, rstd, eps); break;
            default: Throw.DType(PRope.Id, x); break;
        }
    }

    public void Backward(Tensor dy, Tensor y, Tensor frequencies, int heads, int firstPosition, Tensor? rstd, GradientSlot dx)
    {
        switch (dy.DType)
        {
            case DType.F32: Backward(_single, dy, y, frequencies, heads, firstPosition, rstd, dx); break;
            case DType.F64: Backward(_double, dy, y, frequencies, heads, firstPosition, rstd, dx); break;
            default: Throw.DType(PRope.Id, dy); break;
        }
    }

    private static void Forward<T>(Rotations<T> rotations, Tensor x, Tensor frequencies, int heads, int firstPosition, Tensor y, Tensor? rstd, float eps)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        rotations.Prepare(frequencies.Span<T>(), firstPosition, x.Shape[1]);
        var work = new Work<T>(rotations, x, y, y, rstd, heads, T.CreateChecked(eps));
        RowParallel.For(work.Tasks, work, static (w, task) => w.Forward(task));
    }

    private static void Backward<T>(Rotations<T> rotations, Tensor dy, Tensor y, Tensor frequencies, int heads, int firstPosition, Tensor? rstd, GradientSlot dx)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        rotations.Prepare(frequencies.Span<T>(), firstPosition, dy.Shape[1]);
        var work = new Work<T>(rotations, dy, y, dx.Grad, rstd, heads, T.CreateChecked(dx.Beta));
        RowParallel.For(work.Tasks, work, static (w, task) => w.Backward(task));
    }

    /// <summary>Forward: input x, output y, number ε. Backward: input dy, y, output dx, number β.</summary>
    private readonly struct Work<T>(Rotations<T> rotations, Tensor input, Tensor y, Tensor output, Tensor? rstd, int heads, T number)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private int Rows => (int)input.Shape.Rows;

        private int Width => input.Shape.Last;

        private int HeadDim => Width / 3 / heads;

        public int Tasks => (Rows + RowsPerTask - 1) / RowsPerTask;

        public void Forward(int task)
        {
            Span<T> x = input.Span<T>(), result = output.Span<T>(), scales = rstd is { } saved ? saved.Span<T>() : [];
            int length = input.Shape[1], d = HeadDim, width = Width;
            for (var row = task * RowsPerTask; row < Math.Min(Rows, (task + 1) * RowsPerTask); row++)
            {
                ReadOnlySpan<T> cos = rotations.Cos(row % length), sin = rotations.Sin(row % length);
                for (var head = 0; head < 2 * heads; head++)
                {
                    var from = x.Slice(row * width + head * d, d);
                    var scale = T.One;
                    if (!scales.IsEmpty)
                    {
                        scale = T.One / T.Sqrt(System.Numerics.Tensors.TensorPrimitives.SumOfSquares<T>(from) / T.CreateChecked(d) + number);
                        scales[row * 2 * heads + head] = scale;
                    }

                    Rotate(from, result.Slice(row * width + head * d, d), cos, sin, scale);
                }

                var v = row * width + 2 * heads * d;
                x.Slice(v, width / 3).CopyTo(result.Slice(v, width / 3));
            }
        }

        public void Backward(int task)
        {
            Span<T> dy = input.Span<T>(), ys = y.Span<T>(), dx = output.Span<T>(), scales = rstd is { } saved ? saved.Span<T>() : [];
            int length = input.Shape[1], d = HeadDim, width = Width;
            for (var row = task * RowsPerTask; row < Math.Min(Rows, (task + 1) * RowsPerTask); row++)
            {
                ReadOnlySpan<T> cos = rotations.Cos(row % length), sin = rotations.Sin(row % length);
                for (var head = 0; head < 2 * heads; head++)
                {
                    var at = row * width + head * d;
                    ReadOnlySpan<T> g = dy.Slice(at, d), rotated = ys.Slice(at, d);
                    var (scale, mean) = (T.One, T.Zero);
                    if (!scales.IsEmpty)
                    {
                        scale = scales[row * 2 * heads + head];
                        mean = System.Numerics.Tensors.TensorPrimitives.Dot(g, rotated) / T.CreateChecked(d);
                    }

                    RotateBack(g, rotated, dx.Slice(at, d), cos, sin, scale, mean, number);
                }

                var v = row * width + 2 * heads * d;
                Span<T> from = dy.Slice(v, width / 3), to = dx.Slice(v, width / 3);
                if (number == T.Zero) from.CopyTo(to);
                else System.Numerics.Tensors.TensorPrimitives.MultiplyAdd<T>(to, number, from, to);
            }
        }

        private static void Rotate(ReadOnlySpan<T> x, Span<T> y, ReadOnlySpan<T> cos, ReadOnlySpan<T> sin, T scale)
        {
            var half = cos.Length;
            var k = 0;
            var s = new Vector<T>(scale);
            for (; k <= half - Vector<T>.Count; k += Vector<T>.Count)
            {
                Vector<T> a = new Vector<T>(x[k..]) * s, b = new Vector<T>(x[(k + half)..]) * s, c = new(cos[k..]), r = new(sin[k..]);
                (a * c + b * r).CopyTo(y[k..]);
                (b * c - a * r).CopyTo(y[(k + half)..]);
            }

            for (; k < half; k++)
            {
                var (a, b) = (x[k] * scale, x[k + half] * scale);
                y[k] = a * cos[k] + b * sin[k];
                y[k + half] = b * cos[k] - a * sin[k];
            }
        }

        private static void RotateBack(ReadOnlySpan<T> g, ReadOnlySpan<T> y, Span<T> dx, ReadOnlySpan<T> cos, ReadOnlySpan<T> sin, T scale, T mean, T beta)
        {
            var half = cos.Length;
            var k = 0;
            Vector<T> s = new(scale), m = new(mean), old = new(beta);
            for (; k <= half - Vector<T>.Count; k += Vector<T>.Count)
            {
                Vector<T> a = (new Vector<T>(g[k..]) - new Vector<T>(y[k..]) * m) * s, b = (new Vector<T>(g[(k + half)..]) - new Vector<T>(y[(k + half)..]) * m) * s;
                Vector<T> c = new(cos[k..]), r = new(sin[k..]), low = a * c - b * r, high = b * c + a * r;
                if (beta != T.Zero) (low, high) = (low + old * new Vector<T>(dx[k..]), high + old * new Vector<T>(dx[(k + half)..]));
                low.CopyTo(dx[k..]);
                high.CopyTo(dx[(k + half)..]);
            }

            for (; k < half; k++)
            {
                var (a, b) = ((g[k] - y[k] * mean) * scale, (g[k + half] - y[k + half] * mean) * scale);
                var (low, high) = (a * cos[k] - b * sin[k], b * cos[k] + a * sin[k]);
                dx[k] = beta == T.Zero ? low : low + beta * dx[k];
                dx[k + half] = beta == T.Zero ? high : high + beta * dx[k + half];
            }
        }
    }
}
