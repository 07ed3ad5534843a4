using SiaEngine.Ops;

namespace SiaEngine;

/// <summary>
/// Momentum whose direction is made nearly orthogonal, for matrices [rows = outputs, columns = inputs] (Jordan et al. 2024,
/// "Muon: an optimizer for hidden layers in neural networks").
/// </summary>
/// <remarks>
/// buffer = μ buffer + g,   x = g + μ buffer (Nesterov),   x = x / (‖x‖_F + 1e-7)
/// five times, with A = x xᵀ:   x = a x + b A x + c A A x,   (a, b, c) = (3.4445, −4.7750, 2.0315)
/// p = p − rate · √max(1, rows / columns) · x
///
/// The polynomial is grouped as a x + (b A + c A²) x: for a matrix four times as wide as high a quarter less work than three products with x.
/// With more rows than columns A = xᵀ x stands on the right of x, which is the transposed computation without a transposition.
/// The row blocks of a parameter (<see cref="Parameter.Blocks"/>: q, k and v packed in one) are matrices of their own.
/// </remarks>
public sealed class Muon : Optimizer
{
    private const double A = 3.4445, B = -4.7750, C = 2.0315;
    private const int Iterations = 5;

    /// <summary>What a device implements, beside <see cref="MatMul.IKernels"/> and <see cref="Scale.IKernels"/>.</summary>
    public interface IKernels
    {
        /// <summary>buffer = momentum · buffer + scale · gradient; x = scale · gradient + momentum · buffer, divided by (its Frobenius norm + 1e-7).</summary>
        void Direction(Tensor gradient, Tensor buffer, Tensor x, double momentum, double gradientScale);

        /// <summary>master = master − rate · x, rounded to <paramref name="value"/> unless that is the master itself.</summary>
        void Step(Tensor master, Tensor value, Tensor x, double rate);
    }

    private readonly double _momentum;

    /// <summary>Optimizer of a group of matrices.</summary>
    /// <exception cref="ShapeException">A parameter is not a matrix, or its rows do not divide into its blocks.</exception>
    public Muon(ReadOnlySpan<Parameter> parameters, double learningRate, double momentum = 0.95)
        : base(parameters, learningRate, "momentum")
    {
        _momentum = momentum;
        foreach (var parameter in parameters)
        {
            if (parameter.Shape.Rank != 2) throw new ShapeException($"muon: parameters must be matrices; '{parameter.Name}' is {parameter.Shape}.");
            if (parameter.Shape[0] % parameter.Blocks != 0) throw new ShapeException($"muon: the rows must divide into {parameter.Blocks} blocks; '{parameter.Name}' is {parameter.Shape}.");
        }
    }

    /// <inheritdoc/>
    protected override void Update(Parameter parameter, int index, double rate, double gradientScale)
    {
        var rows = parameter.Shape[0] / parameter.Blocks;
        for (var block = 0; block < parameter.Blocks; block++)
        {
            using var scope = Scope.Enter();
            var master = parameter.Master.Rows(block * rows, rows);
            var value = parameter.Value == parameter.Master ? master : parameter.Value.Rows(block * rows, rows);
            Update(master, value, parameter.Gradient.Rows(block * rows, rows), Moment(index, 0).Rows(block * rows, rows), rate, gradientScale);
        }
    }

    private void Update(Tensor master, Tensor value, Tensor gradient, Tensor buffer, double rate, double gradientScale)
    {
        var kernels = master.Device.Kernels<IKernels>();
        var x = Tensor.Like(master);
        kernels.Direction(gradient, buffer, x, _momentum, gradientScale);
        x = Orthogonalize(x);
        kernels.Step(master, value, x, rate * Math.Sqrt(Math.Max(1, (double)master.Shape[0] / master.Shape[1])));
    }

    /// <summary>
    /// Newton–Schulz iteration of a matrix whose norm is at most 1: moves its singular values towards 1, to between about 0.7 and 1.2. The result is in the
    /// current scope; the contents of <paramref name="x"/> are lost.
    /// </summary>
    public static Tensor Orthogonalize(Tensor x)
    {
        var (matmul, scale) = (x.Device.Kernels<MatMul.IKernels>(), x.Device.Kernels<Scale.IKernels>());
        var tall = x.Shape[0] > x.Shape[1];
        Shape square = [Math.Min(x.Shape[0], x.Shape[1]), Math.Min(x.Shape[0], x.Shape[1])];
        var (gram, polynomial, next) = (Tensor.Empty(square, x.DType, x.Device), Tensor.Empty(square, x.DType, x.Device), Tensor.Like(x));
        for (var i = 0; i < Iterations; i++)
        {
            matmul.Run(x, x, gram, tall, !tall, 1, 0);
            scale.Run(gram, B, new(polynomial, 0));
            matmul.Run(gram, gram, polynomial, false, false, (float)C, 1);
            scale.Run(x, A, new(next, 0));
            if (tall) matmul.Run(x, polynomial, next, false, false, 1, 1);
            else matmul.Run(polynomial, x, next, false, false, 1, 1);
            (x, next) = (next, x);
        }

        return x;
    }
}
