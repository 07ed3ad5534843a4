namespace SiaEngine.Train.Data;

/// <summary>One file of a corpus.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Name">Path below the folder that was given, with forward slashes.</param>
/// <param name="Format">What it holds.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Hash">SHA-256 of the content, hexadecimal; empty for token shards, which are used where they are.</param>
public sealed record CorpusFile(string Path, string Name, CorpusFormat Format, long Bytes, string Hash);
