using SiaEngine.Cuda;

namespace SiaEngine.Tests.Cuda.Mutation;

/// <summary>A launch that can be repeated: arguments, what the memory behind them held before and after it, and what it cost.</summary>
internal sealed record RecordedLaunch(string File, string Entry, LaunchShape Shape, KernelArg[] Arguments, RecordedBuffer[] Buffers, long WarpInstructions, HashSet<(int Line, int Column)> Executed)
{
    /// <summary>Launches with one key do the same work on other values.</summary>
    public string Key => $"{Entry} {Shape} {string.Join(' ', Arguments.Select(a => a.Extent > 0 ? $"[{a.Extent}]" : $"{a.Bits:x}"))}";
}
