namespace SiaEngine.Cuda;

/// <summary>A column-major matrix, or a strided batch of them, in device memory.</summary>
/// <param name="Address">First element of the first matrix.</param>
/// <param name="DType">f32 or bf16.</param>
/// <param name="Leading">Elements from one column to the next.</param>
/// <param name="Stride">Elements from one matrix to the next.</param>
public readonly record struct BlasMatrix(nint Address, DType DType, int Leading, long Stride = 0);
