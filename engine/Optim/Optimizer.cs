namespace SiaEngine;

/// <summary>
/// Updates the masters of a group of parameters from their gradients and owns the moments this needs. Groups with other rates or rules are other
/// optimizers. The state is complete: tensors by name and the step count, restored, continue bit for bit.
/// </summary>
public abstract class Optimizer : IDisposable
{
    private readonly Parameter[] _parameters;
    private readonly OptimizerState[] _state;
    private readonly int _perParameter;

    /// <summary>Optimizer of <paramref name="parameters"/> with one zeroed f32 (f64 for f64 masters) tensor per parameter and moment name.</summary>
    /// <exception cref="ArgumentException">A parameter is given twice.</exception>
    protected Optimizer(ReadOnlySpan<Parameter> parameters, double learningRate, params ReadOnlySpan<string> moments)
    {
        LearningRate = learningRate;
        _parameters = parameters.ToArray();
        _perParameter = moments.Length;
        for (var i = 0; i < _parameters.Length; i++)
            if (Array.IndexOf(_parameters, _parameters[i]) != i) throw new ArgumentException($"optimizer: parameter '{_parameters[i].Name}' is given twice.");
        _state = new OptimizerState[_parameters.Length * _perParameter];
        for (var i = 0; i < _state.Length; i++)
        {
            var parameter = _parameters[i / _perParameter];
            var moment = Tensor.Persistent(parameter.Shape, parameter.Master.DType, parameter.Master.Device);
            moment.Clear();
            _state[i] = new($"{parameter.Name}.{moments[i % _perParameter]}", moment);
        }
    }

    /// <summary>The parameters this optimizer updates.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>Rate that <see cref="Step"/> multiplies.</summary>
    public double LearningRate { get; }

    /// <summary>Moments of all parameters; copy them out for a checkpoint and in to resume.</summary>
    public IReadOnlyList<OptimizerState> State => _state;

    /// <summary>Updates done so far; part of a checkpoint.</summary>
    public int StepCount { get; set; }

    /// <summary>
    /// One update with rate LearningRate · <paramref name="multiplier"/> from <paramref name="gradientScale"/> times the collected gradients, the scale being
    /// for instance the clip factor over the number of micro-batches. Parameters without a gradient are left alone.
    /// </summary>
    public void Step(double multiplier = 1, double gradientScale = 1)
    {
        StepCount++;
        for (var i = 0; i < _parameters.Length; i++)
            if (_parameters[i].HasGradient) Update(_parameters[i], i, LearningRate * multiplier, gradientScale);
    }

    /// <summary>Releases the moments.</summary>
    public void Dispose()
    {
        foreach (var state in _state) state.Tensor.Release();
        GC.SuppressFinalize(this);
    }

    /// <summary>Updates one parameter, number <paramref name="index"/> of the group.</summary>
    protected abstract void Update(Parameter parameter, int index, double rate, double gradientScale);

    /// <summary>A moment of parameter number <paramref name="index"/>.</summary>
    protected Tensor Moment(int index, int moment) => _state[index * _perParameter + moment].Tensor;
}
