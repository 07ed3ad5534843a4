using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Train.Kernels;

/// <summary>A kernel that ran on the simulator.</summary>
/// <param name="Run">What ran and what was counted.</param>
/// <param name="Shape">The example's shape, in words.</param>
/// <param name="WorstError">Largest |found − reference| / (1 + |reference|) over all results of the example.</param>
/// <param name="Tolerance">What counts as agreement.</param>
/// <param name="Assembled">What ptxas says of it, or null where there is no ptxas.</param>
/// <param name="Accesses">Memory accesses of the watched warp.</param>
internal sealed record KernelResult(KernelRun Run, string Shape, double WorstError, double Tolerance, AssembledKernel? Assembled, IReadOnlyList<ProbeAccess> Accesses)
{
    /// <summary>Whether it agrees with the reference.</summary>
    public bool Agrees => WorstError <= Tolerance;

    /// <summary>The check in words.</summary>
    public string Verdict => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(Agrees ? "agrees" : "DIFFERS")}: worst error {WorstError:0.0e-0}, at most {Tolerance:0e-0}");
}
