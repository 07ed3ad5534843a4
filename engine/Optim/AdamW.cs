namespace SiaEngine;

/// <summary>Adam with bias correction and decoupled weight decay (Kingma &amp; Ba 2015, arXiv:1412.6980; Loshchilov &amp; Hutter 2019, arXiv:1711.05101).</summary>
/// <remarks>
/// m = β₁ m + (1 − β₁) g,   v = β₂ v + (1 − β₂) g²
/// p = (1 − rate · decay) p − rate · (m / (1 − β₁ⁿ)) / (√(v / (1 − β₂ⁿ)) + ε),   n the step, from 1
/// </remarks>
public sealed class AdamW : Optimizer
{
    /// <summary>What a device implements.</summary>
    public interface IKernels
    {
        /// <summary>
        /// The update of one parameter in one pass: reads <paramref name="gradient"/>, updates master, m and v, and rounds the master to
        /// <paramref name="value"/> unless that is the master itself. All tensors have one shape; all but value one dtype.
        /// </summary>
        void Step(Tensor master, Tensor value, Tensor gradient, Tensor m, Tensor v, in Coefficients coefficients);
    }

    /// <summary>Numbers of one update.</summary>
    /// <param name="Rate">Learning rate.</param>
    /// <param name="Beta1">β₁.</param>
    /// <param name="Beta2">β₂.</param>
    /// <param name="Epsilon">ε.</param>
    /// <param name="WeightDecay">Decoupled decay.</param>
    /// <param name="Correction1">1 − β₁ⁿ.</param>
    /// <param name="Correction2">1 − β₂ⁿ.</param>
    /// <param name="GradientScale">Factor on the gradient.</param>
    public readonly record struct Coefficients(
        double Rate, double Beta1, double Beta2, double Epsilon, double WeightDecay, double Correction1, double Correction2, double GradientScale);

    private readonly double _beta1, _beta2, _epsilon, _weightDecay;

    /// <summary>Optimizer of a group; the defaults are the paper's recipe (arXiv:2505.17083).</summary>
    public AdamW(ReadOnlySpan<Parameter> parameters, double learningRate, double beta1 = 0.9, double beta2 = 0.95, double epsilon = 1e-8, double weightDecay = 0)
        : base(parameters, learningRate, "m", "v") => (_beta1, _beta2, _epsilon, _weightDecay) = (beta1, beta2, epsilon, weightDecay);

    /// <inheritdoc/>
    protected override void Update(Parameter parameter, int index, double rate, double gradientScale)
    {
        var coefficients = new Coefficients(rate, _beta1, _beta2, _epsilon, _weightDecay,
            1 - Math.Pow(_beta1, StepCount), 1 - Math.Pow(_beta2, StepCount), gradientScale);
        parameter.Master.Device.Kernels<IKernels>().Step(parameter.Master, parameter.Value, parameter.Gradient, Moment(index, 0), Moment(index, 1), coefficients);
    }
}
