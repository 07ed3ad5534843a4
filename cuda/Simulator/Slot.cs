namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// A value of all 32 lanes of a warp in its register file: lane i starts at <c>Offset + i · Stride</c>. Narrow types sit in the low bytes of 4-byte lanes, so
/// a stride is 4, 8 or 16; a predicate is one 32-bit mask, stride 0.
/// </summary>
/// <param name="Offset">First byte in the register file.</param>
/// <param name="Stride">Bytes from one lane to the next; 0 for a predicate.</param>
/// <param name="Index">Number of the register, for the record of which lanes hold a value; −1 for constants and special registers, which always do.</param>
internal readonly record struct Slot(int Offset, int Stride, int Index);
