using System.Numerics;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>vote, match, redux, elect and activemask on random groups against plain loops.</summary>
public class VoteTests
{
    private const int Rounds = 40;

    [Theory]
    [InlineData("all")]
    [InlineData("any")]
    [InlineData("uni")]
    public void Predicates(string mode)
    {
        var random = new Random(11);
        for (var round = 0; round < Rounds; round++)
        {
            var group = Group(random);
            var votes = round % 4 == 0 ? uint.MaxValue : round % 4 == 1 ? 0 : (uint)random.NextInt64(1L << 32);
            var negate = round % 3 == 0;
            using var bench = new WarpBench();
            var vote = bench.Register("q", PtxType.Pred);
            var step = bench.Compile($"vote.sync.{mode}.pred", bench.Register("p", PtxType.Pred), vote with { Negated = negate }, WarpBench.Integer(group));
            bench.SetPredicate("q", votes);
            bench.SetPredicate("p", 0);
            step.Execute(bench.Warp, group);
            int trues = 0, lanes = 0;
            for (var lane = 0; lane < 32; lane++)
            {
                if ((group >> lane & 1) == 0) continue;
                lanes++;
                if ((votes >> lane & 1) != (negate ? 1u : 0u)) trues++;
            }

            var expected = mode switch { "all" => trues == lanes, "any" => trues > 0, _ => trues == lanes || trues == 0 };
            Assert.Equal(expected ? group : 0, bench.Predicate("p"));
        }
    }

    [Fact]
    public void Ballot()
    {
        using var bench = new WarpBench();
        var step = bench.Compile("vote.sync.ballot.b32", bench.Register("d", PtxType.B32), bench.Register("q", PtxType.Pred), WarpBench.Integer(0xff00ff00));
        bench.Set("d", _ => 5u);
        bench.SetPredicate("q", 0x0f0f0f0f);
        step.Execute(bench.Warp, 0xff00ff00);
        for (var lane = 0; lane < 32; lane++) Assert.Equal((0xff00ff00 >> lane & 1) != 0 ? 0x0f000f00u : 5u, bench.Get<uint>("d", lane));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MatchAny(bool wide)
    {
        var random = new Random(12);
        for (var round = 0; round < Rounds; round++)
        {
            var group = Group(random);
            var values = new ulong[32];
            for (var lane = 0; lane < 32; lane++) values[lane] = (ulong)random.Next(4) << (wide ? 33 : 7);
            using var bench = new WarpBench();
            var type = wide ? PtxType.B64 : PtxType.B32;
            var step = bench.Compile($"match.any.sync.{(wide ? "b64" : "b32")}", bench.Register("d", PtxType.B32), bench.Register("a", type), WarpBench.Integer(group));
            if (wide) bench.Set("a", lane => values[lane]);
            else bench.Set("a", lane => (uint)values[lane]);
            step.Execute(bench.Warp, group);
            for (var lane = 0; lane < 32; lane++)
            {
                if ((group >> lane & 1) == 0) continue;
                var expected = 0u;
                for (var other = 0; other < 32; other++)
                    if ((group >> other & 1) != 0 && values[other] == values[lane]) expected |= 1u << other;
                Assert.Equal(expected, bench.Get<uint>("d", lane));
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void MatchAll(bool same)
    {
        using var bench = new WarpBench();
        var step = bench.Compile("match.all.sync.b32", bench.Register("d", PtxType.B32, "p"), bench.Register("a", PtxType.B32), WarpBench.Integer(0xfff));
        bench.Set("a", lane => lane < 12 ? same || lane != 11 ? 9u : 8u : (uint)lane);
        bench.SetPredicate("p", 0xfffff000);
        step.Execute(bench.Warp, 0xfff);
        Assert.Equal(same ? uint.MaxValue : 0xfffff000, bench.Predicate("p"));
        for (var lane = 0; lane < 12; lane++) Assert.Equal(same ? 0xfffu : 0, bench.Get<uint>("d", lane));
    }

    [Theory]
    [InlineData("add.u32")]
    [InlineData("add.s32")]
    [InlineData("min.u32")]
    [InlineData("min.s32")]
    [InlineData("max.u32")]
    [InlineData("max.s32")]
    [InlineData("and.b32")]
    [InlineData("or.b32")]
    [InlineData("xor.b32")]
    public void Redux(string operation)
    {
        var random = new Random(13);
        for (var round = 0; round < Rounds; round++)
        {
            var group = Group(random);
            var values = new uint[32];
            for (var lane = 0; lane < 32; lane++) values[lane] = (uint)random.NextInt64(1L << 32);
            using var bench = new WarpBench();
            var step = bench.Compile($"redux.sync.{operation}", bench.Register("d", PtxType.U32), bench.Register("a", PtxType.U32), WarpBench.Integer(group));
            bench.Set("a", lane => values[lane]);
            step.Execute(bench.Warp, group);
            var members = Enumerable.Range(0, 32).Where(lane => (group >> lane & 1) != 0).ToArray();
            var expected = operation switch
            {
                "min.u32" => members.Min(lane => values[lane]),
                "max.u32" => members.Max(lane => values[lane]),
                "min.s32" => (uint)members.Min(lane => (int)values[lane]),
                "max.s32" => (uint)members.Max(lane => (int)values[lane]),
                "and.b32" => members.Aggregate(uint.MaxValue, (sum, lane) => sum & values[lane]),
                "or.b32" => members.Aggregate(0u, (sum, lane) => sum | values[lane]),
                "xor.b32" => members.Aggregate(0u, (sum, lane) => sum ^ values[lane]),
                _ => members.Aggregate(0u, (sum, lane) => unchecked(sum + values[lane])),
            };
            foreach (var lane in members) Assert.Equal(expected, bench.Get<uint>("d", lane));
        }
    }

    [Fact]
    public void ElectNamesOneLeader()
    {
        using var bench = new WarpBench();
        var step = bench.Compile("elect.sync", bench.Register("d", PtxType.B32, "p"), WarpBench.Integer(0x0ff0));
        bench.SetPredicate("p", 0xffff0000);
        step.Execute(bench.Warp, 0x0ff0);
        var leaders = bench.Predicate("p") & 0x0ff0;
        Assert.Equal(1, BitOperations.PopCount(leaders));
        Assert.Equal(0xffff0000, bench.Predicate("p") & ~0x0ff0u);
        for (var lane = 4; lane < 12; lane++) Assert.Equal((uint)BitOperations.TrailingZeroCount(leaders), bench.Get<uint>("d", lane));
    }

    [Fact]
    public void ActiveMaskIsWhoExecutes()
    {
        using var bench = new WarpBench();
        var step = bench.Compile("activemask.b32", bench.Register("d", PtxType.B32));
        step.Execute(bench.Warp, 0x00ff1200);
        Assert.Equal(0x00ff1200u, bench.Get<uint>("d", 12));
    }

    private static uint Group(Random random)
    {
        uint group;
        do group = (uint)random.NextInt64(1L << 32) & (uint)random.NextInt64(1L << 32);
        while (group == 0);
        return group;
    }
}
