using System.Collections;

namespace SiaEngine.Model;

/// <summary>The parameters of a model, by name and in order.</summary>
public sealed class ParameterSet : IReadOnlyList<Parameter>
{
    private readonly Parameter[] _parameters;
    private readonly Dictionary<string, Parameter> _byName;

    /// <summary>A set of parameters with distinct names.</summary>
    public ParameterSet(IEnumerable<Parameter> parameters)
    {
        _parameters = [.. parameters];
        _byName = _parameters.ToDictionary(parameter => parameter.Name);
    }

    /// <summary>Number of parameters (tensors).</summary>
    public int Count => _parameters.Length;

    /// <summary>Number of weights.</summary>
    public long Weights => _parameters.Sum(parameter => parameter.Shape.Count);

    /// <inheritdoc/>
    public Parameter this[int index] => _parameters[index];

    /// <summary>The parameter with this name.</summary>
    public Parameter this[string name] => _byName[name];

    /// <summary>All parameters without a copy.</summary>
    public ReadOnlySpan<Parameter> Span => _parameters;

    /// <summary>Starts a new sum of gradients in every parameter.</summary>
    public void ClearGradients()
    {
        foreach (var parameter in _parameters) parameter.ClearGradient();
    }

    /// <inheritdoc/>
    public IEnumerator<Parameter> GetEnumerator() => ((IEnumerable<Parameter>)_parameters).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
