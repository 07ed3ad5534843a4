namespace SiaEngine.Cuda.Simulator;

/// <summary>A register of a function.</summary>
/// <param name="Name">Name as written, as in <c>%sum</c> or <c>%f12</c>.</param>
/// <param name="Type">Declared type.</param>
/// <param name="Index">Number within the function, from 0.</param>
public sealed record PtxRegister(string Name, PtxType Type, int Index);
