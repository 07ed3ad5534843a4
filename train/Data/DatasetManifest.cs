namespace SiaEngine.Train.Data;

/// <summary>What a prepared dataset holds.</summary>
/// <param name="Source">Path of the text.</param>
/// <param name="Documents">Number of documents.</param>
/// <param name="Characters">Length of all texts.</param>
/// <param name="Vocabulary">Number of token ids.</param>
/// <param name="TrainTokens">Tokens to train on.</param>
/// <param name="ValidationTokens">Tokens held out.</param>
/// <param name="UnigramEntropy">Entropy of the training tokens' frequencies, nats per token.</param>
public sealed record DatasetManifest(string Source, int Documents, long Characters, int Vocabulary, long TrainTokens, long ValidationTokens, double UnigramEntropy);
