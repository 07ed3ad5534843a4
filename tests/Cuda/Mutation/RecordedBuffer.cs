namespace SiaEngine.Tests.Cuda.Mutation;

/// <summary>Memory behind arguments of a launch; <c>Written</c> has one bit per byte, 64 to a word.</summary>
internal sealed record RecordedBuffer(ulong Address, byte[] Before, ulong[] WrittenBefore, byte[] After, ulong[] WrittenAfter);
