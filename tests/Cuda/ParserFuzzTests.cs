using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>Damaged PTX gives a module or a <see cref="PtxException"/> of one line that names its place, soon; never another exception.</summary>
public partial class ParserFuzzTests
{
    private static readonly string[] Words =
    [
        "{", "}", "[", "]", "(", ")", "<", ">", ",", ";", ":", "|", "!", "@", "+", "-", "*", "/", "%", "~", "?", "=", "_", "&", "<<", "||", ".", "..", "\"", "/*", "//", "\0", "é",
        "0", "-1", "0x", "0f3F800000", "0fZ", "0d", "1e999", "99999999999999999999", "0xffffffffffffffff", "1073741824", "4294967295", "08", "WARP_SZ",
        "%r1", "%tid", "%tid.x", ".x", ".reg", ".b32", ".pred", ".v4", ".align", ".shared", ".global", ".const", ".param", ".local", ".entry", ".func", ".extern",
        ".visible", ".version", ".target", ".loc", ".file", ".section", ".pragma", ".branchtargets", ".callprototype", ".maxntid", "bra", "call", "ret", "mov", "ld", "setp",
        "generic", "$L", ".reg .b32 %x<65536>;", ".reg .b32 %y<4000000000>;", ".shared .b8 z[1073741824];", ".global .b8 w[][9] = {1, {2}};", "{{{{{{", "((((((",
    ];

    private static readonly Lazy<string[]> Corpus = new(() =>
    [
        .. PtxLibrary.Names.Select(name => PtxLibrary.Load(name).Text).Where(text => text.Length < 60_000),
        .. Directory.GetFiles(Path.Combine(Repository.Root, "tests", "golden", "ptx"), "*.ptx").Order(StringComparer.Ordinal).Select(File.ReadAllText),
    ]);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void DamagedFilesAreRefusedOrRead(int seed)
    {
        var random = new Random(seed);
        var refused = 0;
        for (var i = 0; i < 500; i++)
        {
            var text = Corpus.Value[random.Next(Corpus.Value.Length)];
            for (var changes = random.Next(1, 4); changes > 0; changes--) text = Damage(text, random);
            if (!Reads(text, $"seed {seed}, file {i}")) refused++;
        }
        Assert.InRange(refused, 250, 499);
    }

    [Fact]
    public void RandomWordsAreRefused()
    {
        var random = new Random(5);
        for (var i = 0; i < 2000; i++)
        {
            var text = new StringBuilder(random.Next(3) == 0 ? "" : ".version 8.0 .target sm_80 ").Append(random.Next(2) == 0 ? "" : ".entry k(.param .u64 a) { .reg .b32 %r<4>; ");
            for (var words = random.Next(30); words > 0; words--) text.Append(Words[random.Next(Words.Length)]).Append(random.Next(4) == 0 ? "" : " ");
            Reads(text.ToString(), $"file {i}");
        }
    }

    [Fact]
    public void EveryTruncationIsRefused()
    {
        var text = Corpus.Value[^1];
        for (var length = text.LastIndexOf('}') - 1; length > 0; length -= 97) Assert.False(text.AsSpan(0, length).Contains(".entry", StringComparison.Ordinal) && Reads(text[..length] + " {", $"length {length}"));
    }

    [Theory]
    [InlineData("(")]
    [InlineData("-")]
    [InlineData("{")]
    [InlineData("0?0:")]
    [InlineData("1+")]
    [InlineData("mov.u32 %r, 1;")]
    [InlineData("A")]
    [InlineData(".x")]
    [InlineData("[0]")]
    [InlineData("/*")]
    public void RepetitionNeitherHangsNorOverflows(string part)
    {
        var many = string.Concat(Enumerable.Repeat(part, 100_000));
        foreach (var before in new[] { "", ".global .b32 x = ", ".global .b32 x[9] = {", ".entry k() { .reg .b32 %r; ", ".entry k() { mov.u32 ", ".entry k(" })
            Reads($".version 8.0 .target sm_80 {before}{many}", before + part);
    }

    private static bool Reads(string text, string what)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            Parser.Parse(new PtxSource("fuzz.ptx", text));
            return true;
        }
        catch (PtxException e)
        {
            Assert.Matches(OneLine(), e.Message);
            return false;
        }
        catch (Exception e) when (e is not Xunit.Sdk.IAssertionException)
        {
            Assert.Fail($"{what}: {e}\n{text[..Math.Min(text.Length, 4000)]}");
            return false;
        }
        finally
        {
            Assert.True(clock.Elapsed.TotalSeconds < 10, $"{what} took {clock.Elapsed.TotalSeconds} s");
        }
    }

    private static string Damage(string text, Random random)
    {
        if (text.Length < 4) return text;
        int from = random.Next(text.Length), length = random.Next(Math.Min(40, text.Length - from));
        switch (random.Next(7))
        {
            case 0: return text[..from];
            case 1: return text.Remove(from, length);
            case 2: return text.Insert(random.Next(text.Length), text.Substring(from, length));
            case 3: return text.Insert(from, Words[random.Next(Words.Length)]);
            case 4: return $"{text[..from]}{(char)random.Next(1, 300)}{text[(from + 1)..]}";
            default:
                var tokens = TokenPattern().Matches(text);
                var (a, b) = (tokens[random.Next(tokens.Count)], tokens[random.Next(tokens.Count)]);
                return string.Concat(text.AsSpan(0, a.Index), random.Next(2) == 0 ? b.Value : Words[random.Next(Words.Length)], text.AsSpan(a.Index + a.Length));
        }
    }

    [GeneratedRegex(@"^fuzz\.ptx:\d+:\d+: [^\n]+$")]
    private static partial Regex OneLine();

    [GeneratedRegex(@"[%$\w]+|\.\w+|[^\s\w]")]
    private static partial Regex TokenPattern();
}
