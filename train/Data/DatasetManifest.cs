namespace SiaEngine.Train.Data;

/// <summary>What a dataset was made of and what it holds.</summary>
/// <param name="Source">What was opened.</param>
/// <param name="Fingerprint">SHA-256 over everything the tokens depend on; empty for shards, which are used as they are.</param>
/// <param name="Files">The files with sizes and hashes.</param>
/// <param name="Documents">Documents that hold text; 0 for shards.</param>
/// <param name="Characters">UTF-16 length of all documents; 0 for shards.</param>
/// <param name="Vocabulary">Number of token ids.</param>
/// <param name="Merges">Merges of the tokenizer; 0 without one.</param>
/// <param name="TrainTokens">Tokens to train on, separators included.</param>
/// <param name="ValidationTokens">Tokens held out, separators included.</param>
/// <param name="UnigramEntropy">
/// −Σ p ln p of the training tokens' frequencies, nats per token: the loss of a model that knows frequencies only.
/// </param>
public sealed record DatasetManifest(string Source, string Fingerprint, IReadOnlyList<CorpusFile> Files, long Documents, long Characters,
    int Vocabulary, int Merges, long TrainTokens, long ValidationTokens, double UnigramEntropy);
