using SiaEngine.Cpu;

namespace SiaEngine.Tests.Cpu;

public unsafe class TranspositionTests
{
    [Fact]
    public void Copies_every_element_to_its_place_and_nothing_else()
    {
        foreach (var rows in (int[])[1, 3, 4, 5, 12, 32])
            foreach (var columns in (int[])[1, 3, 4, 7, 64, 65, 130])
            {
                Check<float>(rows, columns);
                Check<double>(rows, columns);
            }
    }

    private static void Check<T>(int rows, int columns) where T : unmanaged, System.Numerics.INumber<T>
    {
        var (sourceRow, targetRow) = (columns + 3, rows + 2);
        var source = new T[rows * sourceRow];
        for (var i = 0; i < source.Length; i++) source[i] = T.CreateChecked(i + 1);
        var target = new T[columns * targetRow];
        fixed (T* from = source, to = target) Transposition.Copy(from, sourceRow, rows, columns, to, targetRow);
        for (var c = 0; c < columns; c++)
            for (var r = 0; r < targetRow; r++) Assert.Equal(r < rows ? source[r * sourceRow + c] : T.Zero, target[c * targetRow + r]);
    }
}
