namespace SiaEngine.Tests.Cuda.Foreign;

/// <summary>A source of this folder and how to run it and judge the answer.</summary>
/// <param name="File">Name without <c>.cu</c>.</param>
/// <param name="Check">Runs it with inputs and compares with results computed here.</param>
/// <param name="Clang">Whether it needs nothing of NVIDIA's library of device functions.</param>
/// <param name="ClangOptimised">Whether clang's optimiser compiles it rightly.</param>
internal sealed record ForeignKernel(string File, Action<ForeignRun> Check, bool Clang = true, bool ClangOptimised = true);
