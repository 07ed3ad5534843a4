using BenchmarkDotNet.Attributes;
using SiaEngine.Train.Data;

namespace SiaEngine.Benchmarks;

/// <summary>A vocabulary of 4,096 trained on a megabyte of the default corpus, and the same text encoded: by our table of words, and by the library alone.</summary>
public class BpeBenchmarks
{
    private string _text = "";
    private WordCounts _words = null!;
    private TextTokenizer _tokenizer = null!;
    private TokenEncoder _encoder = null!;
    private readonly List<ushort> _ids = [];

    [GlobalSetup]
    public void Setup()
    {
        var text = new System.Text.StringBuilder();
        foreach (var document in Corpus.Open(null).Documents())
        {
            text.Append(document.Text);
            if (text.Length > 1 << 20) break;
        }

        _text = text.ToString()[..Gpt2PreTokenizer.SafeCut(text.ToString(), Math.Min(text.Length, 1 << 20))];
        _words = new WordCounts();
        _words.Add([_text.AsMemory()], 1);
        _tokenizer = new TextTokenizer(Train());
        _encoder = new TokenEncoder(_tokenizer);
    }

    [Benchmark]
    public BpeVocabulary Train() => BpeTrainer.Train(_words, 4096);

    [Benchmark]
    public int Encode()
    {
        _ids.Clear();
        _encoder.Encode(_text, _ids);
        return _ids.Count;
    }

    [Benchmark]
    public int EncodeByTheLibrary() => _tokenizer.Encode(_text).Count;
}
