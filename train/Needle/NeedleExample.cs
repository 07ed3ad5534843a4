namespace SiaEngine.Train.Needle;

/// <summary>One prompt with its answer.</summary>
/// <param name="Tokens">Prompt and answer, as many tokens as the context.</param>
/// <param name="PromptLength">Tokens of the prompt; the rest is the answer.</param>
/// <param name="Needles">City and number, in the order of the text and of the answer.</param>
internal sealed record NeedleExample(int[] Tokens, int PromptLength, IReadOnlyList<(string City, string Number)> Needles)
{
    /// <summary>The prompt.</summary>
    public ReadOnlySpan<int> Prompt => Tokens.AsSpan(0, PromptLength);

    /// <summary>Text of the right answer.</summary>
    public string Answer => string.Join(';', Needles.Select(needle => $"{needle.City}={needle.Number}"));

    /// <summary>How many needles an answer holds, city and number both right.</summary>
    public int Found(string answer)
    {
        var pairs = answer.Split(';', StringSplitOptions.TrimEntries).ToHashSet();
        return Needles.Count(needle => pairs.Contains($"{needle.City}={needle.Number}"));
    }

    /// <summary>What each token is to be followed by: the answer and then <paramref name="end"/>; −1 inside the prompt.</summary>
    public void Targets(Span<int> targets, int end)
    {
        targets.Fill(Ops.CrossEntropy.Ignored);
        Tokens.AsSpan(PromptLength).CopyTo(targets[(PromptLength - 1)..]);
        targets[^1] = end;
    }
}
