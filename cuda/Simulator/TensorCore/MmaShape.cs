namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// Shape of a matrix product D = A B + C over a warp and where its elements live (PTX ISA 8.4, section 9.7.13.4). With g = lane / 4 and q = lane mod 4, and w
/// elements of A or B in a 32-bit register (64-bit for f64): A register r holds row g + 8 (r mod 2) and columns w q … w q + w − 1 of the (r / 2)-th group of 4 w
/// columns; B register r holds column g and the same rows of the r-th group; C elements 2 r and 2 r + 1 are row g + 8 r, columns 2 q and 2 q + 1.
/// </summary>
internal sealed class MmaShape
{
    /// <summary>Shape whose A and B registers hold <paramref name="perRegister"/> elements.</summary>
    public MmaShape(int m, int n, int k, int perRegister)
    {
        (M, N, K, PerRegister) = (m, n, k, perRegister);
        var rowGroups = m / 8;
        (ARegisters, BRegisters, CElements) = (m * k / (32 * perRegister), n * k / (32 * perRegister), m * n / 32);
        A = Table(ARegisters * perRegister, (g, q, i) =>
        {
            int register = i / perRegister, within = i % perRegister;
            var row = g + 8 * (register % rowGroups);
            return row * k + 4 * perRegister * (register / rowGroups) + perRegister * q + within;
        });
        B = Table(BRegisters * perRegister, (g, q, i) => (4 * perRegister * (i / perRegister) + perRegister * q + i % perRegister) * n + g);
        C = Table(CElements, (g, q, i) => (g + 8 * (i / 2)) * n + 2 * q + i % 2);
    }

    /// <summary>Rows of A and C.</summary>
    public int M { get; }

    /// <summary>Columns of B and C.</summary>
    public int N { get; }

    /// <summary>Columns of A, rows of B.</summary>
    public int K { get; }

    /// <summary>Elements of A or B per register.</summary>
    public int PerRegister { get; }

    /// <summary>Registers of A per lane.</summary>
    public int ARegisters { get; }

    /// <summary>Registers of B per lane.</summary>
    public int BRegisters { get; }

    /// <summary>Elements of C and D per lane.</summary>
    public int CElements { get; }

    /// <summary>Row-major position in A of element i of a lane, at 32 · i + lane.</summary>
    public int[] A { get; }

    /// <summary>Row-major position in B, likewise.</summary>
    public int[] B { get; }

    /// <summary>Row-major position in C, likewise.</summary>
    public int[] C { get; }

    private static int[] Table(int elements, Func<int, int, int, int> position)
    {
        var table = new int[32 * elements];
        for (var i = 0; i < elements; i++)
            for (var lane = 0; lane < 32; lane++) table[32 * i + lane] = position(lane / 4, lane % 4, i);
        return table;
    }
}
