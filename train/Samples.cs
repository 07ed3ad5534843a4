using SiaEngine.Model;
using SiaEngine.Train.Data;

namespace SiaEngine.Train;

/// <summary>Text a trained model writes for reports.</summary>
internal static class Samples
{
    /// <summary>A hundred and twenty tokens after the document separator; empty without a tokenizer.</summary>
    public static string Of(Gpt model, Dataset data, ulong seed) => data.Tokenizer is { } tokenizer
        ? tokenizer.Decode(new Sampler(seed, Temperature: 0.8, TopP: 0.95).Continue(model, [tokenizer.Separator], 120))
        : "";
}
