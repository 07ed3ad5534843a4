using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>testp and copysign.</summary>
internal static class FloatBits
{
    /// <summary><c>testp</c>: zero counts as normal.</summary>
    public static Step Test(Form form)
    {
        form.Allow("finite", "infinite", "number", "notanumber", "normal", "subnormal");
        form.Count(2);
        var type = form.Type(PtxType.F32, PtxType.F64);
        var property = form.OneOf("finite", "infinite", "number", "notanumber", "normal", "subnormal")
            ?? throw form.Error($"{form.At} needs .finite, .infinite, .number, .notanumber, .normal or .subnormal");
        var p = form.OutPredicate(0);
        var a = form.In(1, type);
        return type == PtxType.F32 ? new TestStep<float>(property, p, a) : new TestStep<double>(property, p, a);
    }

    /// <summary><c>copysign</c>: d has the sign of a and the magnitude of b.</summary>
    public static Step CopySign(Form form)
    {
        form.Allow();
        form.Count(3);
        var type = form.Type(PtxType.F32, PtxType.F64);
        Slot d = form.Out(0, type), a = form.In(1, type), b = form.In(2, type);
        return type == PtxType.F32
            ? new MapStep<float, float, float, SignOf<float>>(d, a, b)
            : new MapStep<double, double, double, SignOf<double>>(d, a, b);
    }

    /// <summary>Whether a number has a property of <c>testp</c>.</summary>
    public static bool Holds<T>(string property, T x) where T : IBinaryFloatingPointIeee754<T> => property switch
    {
        "finite" => T.IsFinite(x),
        "infinite" => T.IsInfinity(x),
        "number" => !T.IsNaN(x),
        "notanumber" => T.IsNaN(x),
        "normal" => T.IsNormal(x) || T.IsZero(x),
        _ => T.IsSubnormal(x),
    };

    private readonly struct SignOf<T> : IMap<T, T, T> where T : IBinaryFloatingPointIeee754<T>
    {
        public static T Apply(T a, T b) => T.CopySign(b, a);
    }

    private sealed class TestStep<T>(string property, Slot p, Slot a) : Step where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public override void Execute(Warp warp, uint mask)
        {
            var holds = 0u;
            for (var lane = 0; lane < 32; lane++)
                if (Holds(property, warp.Lane<T>(a, lane))) holds |= 1u << lane;
            warp.SetPredicate(p, mask, holds);
        }
    }
}
