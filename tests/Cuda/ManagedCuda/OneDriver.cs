namespace SiaEngine.Tests.Cuda.ManagedCuda;

/// <summary>Tests that put another driver under the whole process; they run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OneDriver
{
    public const string Name = "one driver";
}
