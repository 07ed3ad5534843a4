namespace SiaEngine.Train;

/// <summary>Exit codes of <c>sia</c>.</summary>
public static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>A check did not hold.</summary>
    public const int CheckFailed = 1;

    /// <summary>The command or its input was wrong.</summary>
    public const int Wrong = 2;

    /// <summary>The machine lacks something.</summary>
    public const int Lacking = 3;

    /// <summary>Stopped by Ctrl-C.</summary>
    public const int Stopped = 130;
}
