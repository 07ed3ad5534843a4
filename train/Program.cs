namespace SiaEngine.Train;

/// <summary>Entry point of the <c>sia</c> program.</summary>
internal static class Program
{
    private static int Main() => 0;
}
