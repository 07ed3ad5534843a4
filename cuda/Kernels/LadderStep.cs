namespace SiaEngine.Cuda;

/// <summary>One kernel of <c>native/ptx/ladder</c>: the step before it and one idea more.</summary>
public sealed class LadderStep
{
    private readonly Func<IReadOnlyList<int>, LaunchShape> _shape;
    private readonly Func<IReadOnlyList<int>, double> _flops;

    internal LadderStep(string name, DType input, string idea, string[] operands, (string Name, int Multiple)[] extents,
        Func<IReadOnlyList<int>, LaunchShape> shape, Func<IReadOnlyList<int>, double> flops)
    {
        (Name, Input, Idea, Operands, Extents) = (name, input, idea, operands, extents);
        (_shape, _flops) = (shape, flops);
    }

    /// <summary>Name, as in <c>gemm_2_shared</c>.</summary>
    public string Name { get; }

    /// <summary>File in <see cref="PtxLibrary"/>.</summary>
    public string Source => $"ladder/{Name}";

    /// <summary>Entry of the file.</summary>
    public string Entry => $"{Name}_{Input.Name}";

    /// <summary>Element type of the operands that are read; results are f32.</summary>
    public DType Input { get; }

    /// <summary>What the step adds, in a few words.</summary>
    public string Idea { get; }

    /// <summary>The kernel's tensors in the order of its arguments; the last is the result. The extents follow them.</summary>
    public IReadOnlyList<string> Operands { get; }

    /// <summary>The extents in the order of the arguments, and what each must be a multiple of.</summary>
    public IReadOnlyList<(string Name, int Multiple)> Extents { get; }

    /// <summary>Grid and block for these extents.</summary>
    /// <exception cref="ShapeException">There are too few or too many, or one is not a positive multiple of what the kernel needs.</exception>
    public LaunchShape Shape(params IReadOnlyList<int> extents)
    {
        var fits = extents.Count == Extents.Count;
        for (var i = 0; fits && i < extents.Count; i++) fits = extents[i] > 0 && extents[i] % Extents[i].Multiple == 0;
        if (fits) return _shape(extents);
        var rules = new List<string>();
        foreach (var (name, multiple) in Extents) rules.Add(multiple == 1 ? $"{name} > 0" : $"{name} % {multiple} == 0");
        throw new ShapeException($"{Name}: takes {string.Join(", ", rules)}; got {string.Join(", ", extents)}.");
    }

    /// <summary>Floating-point operations of the task, whatever way the kernel goes about it.</summary>
    public double Flops(params IReadOnlyList<int> extents) => _flops(extents);
}
