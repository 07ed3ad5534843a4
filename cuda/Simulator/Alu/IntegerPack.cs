using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// cvt.pack.sat: two s32 clamped to n bits, a above b in the low 2n bits of the result; for n &lt; 16 the bits above are the low bits of c.
/// </summary>
internal static class IntegerPack
{
    /// <summary>Compiles <c>cvt.pack.sat</c>.</summary>
    public static Step Compile(Form form)
    {
        form.Allow("pack", "sat", "u2", "s2", "u4", "s4");
        string[] accepted = ["u16", "s16", "u8", "s8", "u4", "s4", "u2", "s2"];
        var modifiers = form.At.Modifiers;
        var wide = modifiers.Count == 4;
        if (modifiers.Count is not (4 or 5) || modifiers[0] != "pack" || modifiers[1] != "sat" || Array.IndexOf(accepted, modifiers[2]) < 0 || modifiers[3] != "s32"
            || (!wide && modifiers[4] != "b32") || wide != modifiers[2].EndsWith("16", StringComparison.Ordinal))
            throw form.Error($"{form.At} takes .pack.sat, .u16 or .s16 and .s32, or .u8, .s8, .u4, .s4, .u2 or .s2 and .s32.b32");
        form.Count(wide ? 3 : 4);
        var bits = int.Parse(modifiers[2].AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);
        Slot d = form.Out(0, PtxType.B32), a = form.In(1, PtxType.S32), b = form.In(2, PtxType.S32), c = wide ? b : form.In(3, PtxType.B32);
        return new PackStep(d, a, b, c, bits, modifiers[2][0] == 's');
    }

    /// <summary>The result for one lane.</summary>
    public static uint Pack(int a, int b, uint c, int bits, bool signed)
    {
        int least = signed ? -(1 << (bits - 1)) : 0, most = signed ? (1 << (bits - 1)) - 1 : (1 << bits) - 1;
        var field = (1u << bits) - 1;
        var packed = (((uint)Math.Clamp(a, least, most) & field) << bits) | ((uint)Math.Clamp(b, least, most) & field);
        return bits == 16 ? packed : packed | (c << (2 * bits));
    }

    private sealed class PackStep(Slot d, Slot a, Slot b, Slot c, int bits, bool signed) : Step
    {
        public override void Execute(Warp warp, uint mask)
        {
            for (; mask != 0; mask &= mask - 1)
            {
                var lane = BitOperations.TrailingZeroCount(mask);
                warp.Lane<uint>(d, lane) = Pack(warp.Lane<int>(a, lane), warp.Lane<int>(b, lane), warp.Lane<uint>(c, lane), bits, signed);
            }
        }
    }
}
