namespace SiaEngine.SimulatedCuda.Exports;

/// <summary>Copies of rectangles, row by row.</summary>
internal static unsafe class PitchedCopyExports
{
    [UnmanagedCallersOnly(EntryPoint = "cuMemcpy2D_v2")]
    internal static CuResult Memcpy2D(PitchedCopy* copy) => Rows("cuMemcpy2D", copy, null);

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpy2DUnaligned_v2")]
    internal static CuResult Memcpy2DUnaligned(PitchedCopy* copy) => Rows("cuMemcpy2DUnaligned", copy, null);

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpy2DAsync_v2")]
    internal static CuResult Memcpy2DAsync(PitchedCopy* copy, nint stream) => Rows("cuMemcpy2DAsync", copy, stream);

    private static CuResult Rows(string call, PitchedCopy* copy, nint? stream) => Call.InContext(call, _ =>
    {
        for (nuint row = 0; row < copy->Height; row++)
        {
            var status = Copies.Any(call, copy->Destination(row), copy->Source(row), copy->Width, stream);
            if (status != CuResult.Success) return status;
        }

        return CuResult.Success;
    });
}
