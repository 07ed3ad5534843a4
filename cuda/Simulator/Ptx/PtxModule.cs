namespace SiaEngine.Cuda.Simulator;

/// <summary>A parsed PTX file.</summary>
/// <param name="Source">The text it came from, for messages and pages.</param>
/// <param name="Version">ISA version, as (8, 0).</param>
/// <param name="Target">Architecture, as <c>sm_80</c>.</param>
/// <param name="Variables">Module-scope variables of spaces global, const and shared.</param>
/// <param name="Functions">Entries and device functions by name; a declaration without body is replaced by its definition.</param>
public sealed record PtxModule(PtxSource Source, (int Major, int Minor) Version, string Target, IReadOnlyList<PtxVariable> Variables,
    IReadOnlyDictionary<string, PtxFunction> Functions);
