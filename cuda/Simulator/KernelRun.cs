namespace SiaEngine.Cuda.Simulator;

/// <summary>A launch that has run, with everything that was counted.</summary>
/// <param name="Kernel">Name of the entry.</param>
/// <param name="Module">The PTX.</param>
/// <param name="Function">The entry.</param>
/// <param name="Shape">Grid, block and dynamic shared memory.</param>
/// <param name="Parameters">What was given, in order.</param>
/// <param name="Instructions">The instructions as they ran, by program counter; functions that are called stand in place.</param>
/// <param name="Counters">What was counted, by program counter.</param>
/// <param name="StaticSharedBytes">Shared memory the kernel declares.</param>
/// <param name="DistinctBytesRead">Different bytes of global memory read.</param>
/// <param name="DistinctBytesWritten">Different bytes of global memory written.</param>
public sealed record KernelRun(string Kernel, PtxModule Module, PtxFunction Function, LaunchShape Shape, IReadOnlyList<KernelParameter> Parameters,
    IReadOnlyList<Instruction> Instructions, KernelCounters Counters, int StaticSharedBytes, long DistinctBytesRead, long DistinctBytesWritten)
{
    /// <summary>Integer parameters that are no addresses of tensors, by name.</summary>
    public IReadOnlyDictionary<string, long> Scalars
    {
        get
        {
            var scalars = new Dictionary<string, long>(StringComparer.Ordinal);
            foreach (var parameter in Parameters)
            {
                if (parameter.Type.IsFloat || parameter.Extent > 0) continue;
                scalars[parameter.Name] = parameter.Type is PtxType.S32 ? (int)parameter.Bits : (long)parameter.Bits;
            }

            return scalars;
        }
    }
}
