namespace SiaEngine.Cuda.Simulator;

/// <summary>One access of the watched warp.</summary>
/// <param name="Pc">Position of the instruction in the compiled kernel.</param>
/// <param name="Line">Its line in the assembled text.</param>
/// <param name="Execution">Which execution of it, from 0.</param>
/// <param name="Space">State space the addresses lie in.</param>
/// <param name="Write">Whether it writes.</param>
/// <param name="Bytes">Bytes per lane.</param>
/// <param name="Mask">Lanes that took part.</param>
/// <param name="Addresses">32 addresses; those of other lanes mean nothing.</param>
public sealed record ProbeAccess(int Pc, int Line, int Execution, StateSpace Space, bool Write, int Bytes, uint Mask, ulong[] Addresses);
