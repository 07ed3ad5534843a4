namespace SiaEngine.Cuda.Simulator;

/// <summary>cvt: which conversion an instruction asks for, and what it may say about rounding.</summary>
internal static class ConvertOpcode
{
    /// <summary>Compiles <c>cvt</c>.</summary>
    public static Step Compile(Form form)
    {
        if (form.Has("pack")) return IntegerPack.Compile(form);
        var types = form.At.Types;
        if (types.Count != 2) throw form.Error($"{form.At} takes the type of the result and the type converted");
        PtxType to = types[0], from = types[1];
        if (to is PtxType.F16X2 or PtxType.BF16X2 && from == PtxType.F32) return Pair(form, to);
        if (to == PtxType.TF32 && from == PtxType.F32) return TensorFloat(form);
        if (!Converts(to) || !Converts(from)) throw form.Error($"{form.At} converts between integers, f16, bf16, f32 and f64");
        form.Count(2);
        if (!to.IsFloat && !from.IsFloat)
        {
            form.Allow("sat");
            Slot result = form.OutWide(0, to), value = form.InWide(1, from);
            return IntegerConvertStep.Make(result, value, to, from, form.Has("sat"));
        }

        var single = to == PtxType.F32 || from == PtxType.F32;
        Slot d = form.OutWide(0, to), a = form.InWide(1, from);
        if (!to.IsFloat)
        {
            if (single) form.Allow("rni", "rzi", "rmi", "rpi", "ftz", "sat");
            else form.Allow("rni", "rzi", "rmi", "rpi", "sat");
            var integral = Integral(form) ?? throw form.Error($"{form.At} needs .rni, .rzi, .rmi or .rpi");
            return FloatConvertStep.Make(d, a, new(to, from, RoundingMode.Nearest, integral, form.Has("ftz"), Saturation.None));
        }

        if (!from.IsFloat)
        {
            if (single) form.Allow("rn", "rz", "rm", "rp", "ftz", "sat");
            else form.Allow("rn", "rz", "rm", "rp", "sat");
            var mode = Rounded(form) ?? throw form.Error($"{form.At} needs .rn, .rz, .rm or .rp");
            return FloatConvertStep.Make(d, a, new(to, from, mode, null, false, form.Has("sat") ? Saturation.Unit : Saturation.None));
        }

        return FloatToFloat(form, to, from, d, a);
    }

    private static Step FloatToFloat(Form form, PtxType to, PtxType from, Slot d, Slot a)
    {
        form.Allow("rn", "rz", "rm", "rp", "rni", "rzi", "rmi", "rpi", "ftz", "sat", "relu", "satfinite");
        if (form.Has("ftz") && to != PtxType.F32 && from != PtxType.F32) throw form.Error($"{form.At} takes .ftz with f32 only");
        var (rounded, integral) = (Rounded(form), Integral(form));
        if (rounded is not null && integral is not null) throw form.Error($"{form.At} takes one rounding");
        var narrows = to.Size < from.Size || (to.Size == from.Size && to != from);
        if (narrows && rounded is null) throw form.Error($"{form.At} needs .rn, .rz, .rm or .rp");
        if (rounded is not null && to.Size > from.Size && from != PtxType.BF16) throw form.Error($"{form.At} is exact and takes no rounding");
        if (to == from && rounded is not null) throw form.Error($"{form.At} rounds to an integer with .rni, .rzi, .rmi or .rpi, or not at all");
        if (to != from && integral is not null) throw form.Error($"{form.At} takes .{form.OneOf("rni", "rzi", "rmi", "rpi")} between equal types only");
        var half = to is PtxType.F16 or PtxType.BF16 && from == PtxType.F32;
        if ((form.Has("relu") || form.Has("satfinite")) && !half) throw form.Error($"{form.At} takes .relu and .satfinite from f32 to f16, bf16 and tf32 only");
        if (form.Has("sat") && (form.Has("relu") || form.Has("satfinite"))) throw form.Error($"{form.At} takes .sat or .relu and .satfinite, not both");
        return FloatConvertStep.Make(d, a, new(to, from, rounded ?? RoundingMode.Nearest, integral, form.Has("ftz"), Clamp(form)));
    }

    private static Step Pair(Form form, PtxType to)
    {
        form.Allow("rn", "rz", "relu", "satfinite");
        form.Count(3);
        var mode = Rounded(form) ?? throw form.Error($"{form.At} needs .rn or .rz");
        Slot d = form.Out(0, to), a = form.In(1, PtxType.F32), b = form.In(2, PtxType.F32);
        return FloatConvertStep.MakePair(d, a, b, new(to == PtxType.BF16X2 ? PtxType.BF16 : PtxType.F16, PtxType.F32, mode, null, false, Clamp(form)));
    }

    private static TensorFloatStep TensorFloat(Form form)
    {
        form.Allow("rna", "rn", "rz", "relu", "satfinite");
        form.Count(2);
        var mode = form.OneOf("rna", "rn", "rz") ?? throw form.Error($"{form.At} needs .rna, .rn or .rz");
        if (form.Has("relu") && mode == "rna") throw form.Error($"{form.At} takes .relu with .rn and .rz only");
        return new TensorFloatStep(form.Out(0, PtxType.TF32), form.In(1, PtxType.F32), mode, form.Has("relu"), form.Has("satfinite"));
    }

    private static Saturation Clamp(Form form) =>
        (form.Has("sat") ? Saturation.Unit : 0) | (form.Has("relu") ? Saturation.Relu : 0) | (form.Has("satfinite") ? Saturation.Finite : 0);

    private static RoundingMode? Rounded(Form form) => form.OneOf("rn", "rz", "rm", "rp") switch
    {
        "rn" => RoundingMode.Nearest,
        "rz" => RoundingMode.Zero,
        "rm" => RoundingMode.Down,
        "rp" => RoundingMode.Up,
        _ => null,
    };

    private static RoundingMode? Integral(Form form) => form.OneOf("rni", "rzi", "rmi", "rpi") switch
    {
        "rni" => RoundingMode.Nearest,
        "rzi" => RoundingMode.Zero,
        "rmi" => RoundingMode.Down,
        "rpi" => RoundingMode.Up,
        _ => null,
    };

    private static bool Converts(PtxType type) =>
        type is (>= PtxType.U8 and <= PtxType.S64) or PtxType.F16 or PtxType.BF16 or PtxType.F32 or PtxType.F64;
}
