namespace SiaEngine.Cuda.Simulator;

/// <summary>One product of a warp in plain row-major matrices: C [M, N] becomes A [M, K] B [K, N] + C.</summary>
internal readonly unsafe ref struct MmaProblem
{
    /// <summary>M, N, K; N is 8.</summary>
    public required MmaShape Shape { get; init; }

    /// <summary>Left matrix.</summary>
    public required double* A { get; init; }

    /// <summary>Right matrix.</summary>
    public required double* B { get; init; }

    /// <summary>Old values, then the result; of an f32 result every value is representable.</summary>
    public required double* C { get; init; }

    /// <summary>Least exponent of a normal number of A and B.</summary>
    public required int InputExponent { get; init; }

    /// <summary>Least exponent of a normal number of C.</summary>
    public required int OldExponent { get; init; }

    /// <summary>Whether the result is f32; else f16.</summary>
    public required bool Single { get; init; }

    /// <summary>Sum of one element in plain arithmetic when a term is infinite or NaN, else null.</summary>
    public double? Special(int row, int column)
    {
        var sum = C[row * Shape.N + column];
        for (var p = 0; p < Shape.K; p++) sum += A[row * Shape.K + p] * B[p * Shape.N + column];
        return double.IsFinite(sum) ? null : sum;
    }
}
