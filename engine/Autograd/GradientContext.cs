namespace SiaEngine;

/// <summary>Device and dtype a <see cref="GradientCase"/> runs with, and constants made for them.</summary>
public sealed class GradientContext(Device device, DType dtype)
{
    /// <summary>Where the case runs.</summary>
    public Device Device { get; } = device;

    /// <summary>Element type of the inputs.</summary>
    public DType DType { get; } = dtype;

    /// <summary>Constant in the accumulator type of <see cref="DType"/>, such as a table.</summary>
    public Tensor Table(ReadOnlySpan<double> values, Shape shape) => Make(values, shape, DType.Accumulator, Device);

    /// <summary>Constant in <see cref="DType"/>.</summary>
    public Tensor Constant(ReadOnlySpan<double> values, Shape shape) => Make(values, shape, DType, Device);

    /// <summary>Constant token ids.</summary>
    public Tensor Indices(ReadOnlySpan<int> values, Shape shape) => Tensor.From(values, shape, Device);

    /// <summary>Tensor of a float dtype from doubles, rounded to it.</summary>
    public static Tensor Make(ReadOnlySpan<double> values, Shape shape, DType dtype, Device device)
    {
        switch (dtype)
        {
            case DType.F64:
                return Tensor.From(values, shape, device);
            case DType.F32:
                var single = new float[values.Length];
                for (var i = 0; i < single.Length; i++) single[i] = (float)values[i];
                return Tensor.From<float>(single, shape, device);
            case DType.BF16:
                var half = new BFloat16[values.Length];
                for (var i = 0; i < half.Length; i++) half[i] = (BFloat16)(float)values[i];
                return Tensor.From<BFloat16>(half, shape, device);
            default:
                throw new DTypeException("gradient case: a constant of real numbers needs f32, f64 or bf16; got i32.");
        }
    }

    /// <summary>Elements of a float tensor widened to doubles.</summary>
    public static double[] Read(Tensor x)
    {
        var values = new double[checked((int)x.Count)];
        switch (x.DType)
        {
            case DType.F64:
                x.CopyTo<double>(values);
                break;
            case DType.F32:
                var single = x.ToArray<float>();
                for (var i = 0; i < values.Length; i++) values[i] = single[i];
                break;
            case DType.BF16:
                var half = x.ToArray<BFloat16>();
                for (var i = 0; i < values.Length; i++) values[i] = (float)half[i];
                break;
            default:
                throw new DTypeException($"gradient case: tensor {x} does not hold real numbers.");
        }

        return values;
    }
}
