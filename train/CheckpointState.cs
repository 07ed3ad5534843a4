namespace SiaEngine.Train;

/// <summary>Content of a checkpoint's <c>state.json</c>. Batches and random numbers are functions of seed and step, so nothing else is needed.</summary>
/// <param name="Step">Optimizer steps done; also the position in the data.</param>
/// <param name="Tokens">Tokens seen.</param>
/// <param name="Vocabulary">Token ids of the model.</param>
/// <param name="Dataset">Fingerprint of the prepared data; empty for shards that are used where they are.</param>
/// <param name="Config">The run's configuration.</param>
public sealed record CheckpointState(int Step, long Tokens, int Vocabulary, string Dataset, RunConfig Config);
