namespace SiaEngine.Cuda.Simulator;

/// <summary>add, sub, mul, fma, mad, div, min, max, neg, abs, rcp and sqrt of f32 and f64.</summary>
internal static class FloatArithmetic
{
    private static readonly string[] Modes = ["rn", "rz", "rm", "rp"];

    /// <summary><c>add</c>, <c>sub</c>, <c>mul</c>.</summary>
    public static Step Linear(Form form)
    {
        var type = form.Type(PtxType.F32, PtxType.F64);
        if (type == PtxType.F32) form.Allow("rn", "rz", "rm", "rp", "ftz", "sat");
        else form.Allow("rn", "rz", "rm", "rp");
        form.Count(3);
        var mode = Mode(form);
        Slot d = form.Out(0, type), a = form.In(1, type), b = form.In(2, type);
        if (type == PtxType.F64)
        {
            return form.At.Opcode switch
            {
                "add" => mode == RoundingMode.Nearest ? AluSteps.Binary<double, FloatMaps.Add<double>>(d, a, b, 1) : DoubleSteps.Add(d, a, b, mode),
                "sub" => mode == RoundingMode.Nearest ? AluSteps.Binary<double, FloatMaps.Subtract<double>>(d, a, b, 1) : DoubleSteps.Subtract(d, a, b, mode),
                _ => mode == RoundingMode.Nearest ? AluSteps.Binary<double, FloatMaps.Multiply<double>>(d, a, b, 1) : DoubleSteps.Multiply(d, a, b, mode),
            };
        }

        return (form.At.Opcode, mode) switch
        {
            ("add", RoundingMode.Nearest) => Vector<FloatMaps.Add<float>>(form, d, a, b, 1),
            ("sub", RoundingMode.Nearest) => Vector<FloatMaps.Subtract<float>>(form, d, a, b, 1),
            ("mul", RoundingMode.Nearest) => Vector<FloatMaps.Multiply<float>>(form, d, a, b, 1),
            ("add", RoundingMode.Zero) => Scalar<FloatMaps.AddTo<ToZero>>(form, d, a, b),
            ("add", RoundingMode.Down) => Scalar<FloatMaps.AddTo<ToDown>>(form, d, a, b),
            ("add", _) => Scalar<FloatMaps.AddTo<ToUp>>(form, d, a, b),
            ("sub", RoundingMode.Zero) => Scalar<FloatMaps.SubtractTo<ToZero>>(form, d, a, b),
            ("sub", RoundingMode.Down) => Scalar<FloatMaps.SubtractTo<ToDown>>(form, d, a, b),
            ("sub", _) => Scalar<FloatMaps.SubtractTo<ToUp>>(form, d, a, b),
            (_, RoundingMode.Zero) => Scalar<FloatMaps.MultiplyTo<ToZero>>(form, d, a, b),
            (_, RoundingMode.Down) => Scalar<FloatMaps.MultiplyTo<ToDown>>(form, d, a, b),
            _ => Scalar<FloatMaps.MultiplyTo<ToUp>>(form, d, a, b),
        };
    }

    /// <summary><c>fma</c>, and <c>mad</c>, which is the same on every target since sm_20.</summary>
    public static Step FusedMultiplyAdd(Form form)
    {
        var type = form.Type(PtxType.F32, PtxType.F64);
        if (type == PtxType.F32) form.Allow("rn", "rz", "rm", "rp", "ftz", "sat");
        else form.Allow("rn", "rz", "rm", "rp");
        form.Count(4);
        var mode = RequiredMode(form);
        Slot d = form.Out(0, type), a = form.In(1, type), b = form.In(2, type), c = form.In(3, type);
        if (type == PtxType.F64)
        {
            return mode == RoundingMode.Nearest
                ? AluSteps.Ternary<double, FloatMaps.FusedMultiplyAdd<double>>(d, a, b, c, 2)
                : DoubleSteps.FusedMultiplyAdd(d, a, b, c, mode);
        }

        return mode switch
        {
            RoundingMode.Nearest => Vector<FloatMaps.FusedMultiplyAdd<float>>(form, d, a, b, c),
            RoundingMode.Zero => Scalar<FloatMaps.FusedMultiplyAddTo<ToZero>>(form, d, a, b, c),
            RoundingMode.Down => Scalar<FloatMaps.FusedMultiplyAddTo<ToDown>>(form, d, a, b, c),
            _ => Scalar<FloatMaps.FusedMultiplyAddTo<ToUp>>(form, d, a, b, c),
        };
    }

    /// <summary><c>div</c>. <c>.full</c> is the correctly rounded quotient (the ISA allows 2 ulp), <c>.approx</c> see <see cref="Approximations.Divide"/>.</summary>
    public static Step Divide(Form form)
    {
        var type = form.Type(PtxType.F32, PtxType.F64);
        if (type == PtxType.F32) form.Allow("approx", "full", "rn", "rz", "rm", "rp", "ftz");
        else form.Allow("rn", "rz", "rm", "rp");
        form.Count(3);
        var kind = form.OneOf("approx", "full", "rn", "rz", "rm", "rp")
            ?? throw form.Error($"{form.At} needs .rn, .rz, .rm or .rp{(type == PtxType.F32 ? ", or .approx or .full" : "")}");
        Slot d = form.Out(0, type), a = form.In(1, type), b = form.In(2, type);
        if (type == PtxType.F64) return kind == "rn" ? AluSteps.Binary<double, FloatMaps.Divide<double>>(d, a, b, 1) : DoubleSteps.Divide(d, a, b, Mode(form));
        return kind switch
        {
            "approx" => Scalar<Approximations.Divide>(form, d, a, b),
            "rz" => Scalar<FloatMaps.DivideTo<ToZero>>(form, d, a, b),
            "rm" => Scalar<FloatMaps.DivideTo<ToDown>>(form, d, a, b),
            "rp" => Scalar<FloatMaps.DivideTo<ToUp>>(form, d, a, b),
            _ => Vector<FloatMaps.Divide<float>>(form, d, a, b, 1),
        };
    }

    /// <summary><c>min</c>, <c>max</c>.</summary>
    public static Step MinMax(Form form)
    {
        var type = form.Type(PtxType.F32, PtxType.F64);
        if (type == PtxType.F32) form.Allow("ftz", "NaN", "xorsign", "abs");
        else form.Allow();
        form.Count(3);
        var least = form.At.Opcode == "min";
        Slot d = form.Out(0, type), a = form.In(1, type), b = form.In(2, type);
        if (type == PtxType.F64)
            return least ? AluSteps.Binary<double, FloatMaps.Min<double>>(d, a, b) : AluSteps.Binary<double, FloatMaps.Max<double>>(d, a, b);
        if (form.Has("xorsign") != form.Has("abs")) throw form.Error($"{form.At} takes .xorsign.abs together");
        return (least, form.Has("NaN"), form.Has("xorsign")) switch
        {
            (true, false, false) => Vector<FloatMaps.Min<float>>(form, d, a, b, 0),
            (true, true, false) => Vector<FloatMaps.MinNaN<float>>(form, d, a, b, 0),
            (true, false, true) => Vector<FloatMaps.XorSign<FloatMaps.Min<float>>>(form, d, a, b, 0),
            (true, true, true) => Vector<FloatMaps.XorSign<FloatMaps.MinNaN<float>>>(form, d, a, b, 0),
            (false, false, false) => Vector<FloatMaps.Max<float>>(form, d, a, b, 0),
            (false, true, false) => Vector<FloatMaps.MaxNaN<float>>(form, d, a, b, 0),
            (false, false, true) => Vector<FloatMaps.XorSign<FloatMaps.Max<float>>>(form, d, a, b, 0),
            _ => Vector<FloatMaps.XorSign<FloatMaps.MaxNaN<float>>>(form, d, a, b, 0),
        };
    }

    /// <summary><c>neg</c>, <c>abs</c>.</summary>
    public static Step Sign(Form form)
    {
        var type = form.Type(PtxType.F32, PtxType.F64);
        if (type == PtxType.F32) form.Allow("ftz");
        else form.Allow();
        form.Count(2);
        var negate = form.At.Opcode == "neg";
        Slot d = form.Out(0, type), a = form.In(1, type);
        if (type == PtxType.F64)
            return negate ? AluSteps.Unary<double, FloatMaps.Negate<double>>(d, a) : AluSteps.Unary<double, FloatMaps.Absolute<double>>(d, a);
        if (form.Has("ftz")) return negate ? Vector<FloatMaps.Negate<float>>(form, d, a, 0) : Vector<FloatMaps.Absolute<float>>(form, d, a, 0);
        return negate ? AluSteps.Unary<float, FloatMaps.Negate<float>>(d, a) : AluSteps.Unary<float, FloatMaps.Absolute<float>>(d, a);
    }

    /// <summary><c>rcp</c>, <c>sqrt</c>.</summary>
    public static Step Root(Form form)
    {
        var type = form.Type(PtxType.F32, PtxType.F64);
        var reciprocal = form.At.Opcode == "rcp";
        if (type == PtxType.F32) form.Allow("approx", "rn", "rz", "rm", "rp", "ftz");
        else if (reciprocal) form.Allow("approx", "ftz", "rn", "rz", "rm", "rp");
        else form.Allow("rn", "rz", "rm", "rp");
        form.Count(2);
        var kind = form.OneOf("approx", "rn", "rz", "rm", "rp") ?? throw form.Error($"{form.At} needs .approx, .rn, .rz, .rm or .rp");
        Slot d = form.Out(0, type), a = form.In(1, type);
        if (type == PtxType.F64)
        {
            if (form.Has("ftz") != (kind == "approx")) throw form.Error($"{form.At} takes .approx.ftz together");
            if (kind == "approx") return new MapStep<double, double, Approximations.ReciprocalDouble>(d, a, 1);
            if (kind != "rn") return reciprocal ? DoubleSteps.Reciprocal(d, a, Mode(form)) : DoubleSteps.Sqrt(d, a, Mode(form));
            return reciprocal ? AluSteps.Unary<double, FloatMaps.Reciprocal<double>>(d, a, 1) : AluSteps.Unary<double, FloatMaps.Sqrt<double>>(d, a, 1);
        }

        return (reciprocal, kind) switch
        {
            (true, "rz") => Scalar<FloatMaps.ReciprocalTo<ToZero>>(form, d, a),
            (true, "rm") => Scalar<FloatMaps.ReciprocalTo<ToDown>>(form, d, a),
            (true, "rp") => Scalar<FloatMaps.ReciprocalTo<ToUp>>(form, d, a),
            (true, _) => Vector<FloatMaps.Reciprocal<float>>(form, d, a, 1),
            (false, "rz") => Scalar<FloatMaps.SqrtTo<ToZero>>(form, d, a),
            (false, "rm") => Scalar<FloatMaps.SqrtTo<ToDown>>(form, d, a),
            (false, "rp") => Scalar<FloatMaps.SqrtTo<ToUp>>(form, d, a),
            _ => Vector<FloatMaps.Sqrt<float>>(form, d, a, 1),
        };
    }

    /// <summary>Function of one operand with <c>.ftz</c>, one lane at a time.</summary>
    public static Step Scalar<TMap>(Form form, Slot d, Slot a, int flops = 1) where TMap : struct, IMap<float, float> => form.Has("ftz")
        ? new MapStep<float, float, SingleMaps.Unary<TMap, Yes>>(d, a, flops)
        : new MapStep<float, float, SingleMaps.Unary<TMap, No>>(d, a, flops);

    private static Step Scalar<TMap>(Form form, Slot d, Slot a, Slot b) where TMap : struct, IMap<float, float, float> => (form.Has("ftz"), form.Has("sat")) switch
    {
        (false, false) => new MapStep<float, float, float, SingleMaps.Binary<TMap, No, No>>(d, a, b, 1),
        (true, false) => new MapStep<float, float, float, SingleMaps.Binary<TMap, Yes, No>>(d, a, b, 1),
        (false, true) => new MapStep<float, float, float, SingleMaps.Binary<TMap, No, Yes>>(d, a, b, 1),
        _ => new MapStep<float, float, float, SingleMaps.Binary<TMap, Yes, Yes>>(d, a, b, 1),
    };

    private static Step Scalar<TMap>(Form form, Slot d, Slot a, Slot b, Slot c) where TMap : struct, IMap<float, float, float, float> =>
        (form.Has("ftz"), form.Has("sat")) switch
        {
            (false, false) => new MapStep<float, float, float, float, SingleMaps.Ternary<TMap, No, No>>(d, a, b, c, 2),
            (true, false) => new MapStep<float, float, float, float, SingleMaps.Ternary<TMap, Yes, No>>(d, a, b, c, 2),
            (false, true) => new MapStep<float, float, float, float, SingleMaps.Ternary<TMap, No, Yes>>(d, a, b, c, 2),
            _ => new MapStep<float, float, float, float, SingleMaps.Ternary<TMap, Yes, Yes>>(d, a, b, c, 2),
        };

    private static Step Vector<TMap>(Form form, Slot d, Slot a, int flops) where TMap : struct, IVectorUnary<float> => form.Has("ftz")
        ? AluSteps.Unary<float, SingleMaps.VectorUnary<TMap, Yes>>(d, a, flops)
        : AluSteps.Unary<float, SingleMaps.VectorUnary<TMap, No>>(d, a, flops);

    private static Step Vector<TMap>(Form form, Slot d, Slot a, Slot b, int flops) where TMap : struct, IVectorBinary<float> =>
        (form.Has("ftz"), form.Has("sat")) switch
        {
            (false, false) => AluSteps.Binary<float, SingleMaps.VectorBinary<TMap, No, No>>(d, a, b, flops),
            (true, false) => AluSteps.Binary<float, SingleMaps.VectorBinary<TMap, Yes, No>>(d, a, b, flops),
            (false, true) => AluSteps.Binary<float, SingleMaps.VectorBinary<TMap, No, Yes>>(d, a, b, flops),
            _ => AluSteps.Binary<float, SingleMaps.VectorBinary<TMap, Yes, Yes>>(d, a, b, flops),
        };

    private static Step Vector<TMap>(Form form, Slot d, Slot a, Slot b, Slot c) where TMap : struct, IVectorTernary<float> =>
        (form.Has("ftz"), form.Has("sat")) switch
        {
            (false, false) => AluSteps.Ternary<float, SingleMaps.VectorTernary<TMap, No, No>>(d, a, b, c, 2),
            (true, false) => AluSteps.Ternary<float, SingleMaps.VectorTernary<TMap, Yes, No>>(d, a, b, c, 2),
            (false, true) => AluSteps.Ternary<float, SingleMaps.VectorTernary<TMap, No, Yes>>(d, a, b, c, 2),
            _ => AluSteps.Ternary<float, SingleMaps.VectorTernary<TMap, Yes, Yes>>(d, a, b, c, 2),
        };

    /// <summary>The rounding mode; nearest if none is given.</summary>
    public static RoundingMode Mode(Form form) => form.OneOf(Modes) switch
    {
        "rz" => RoundingMode.Zero,
        "rm" => RoundingMode.Down,
        "rp" => RoundingMode.Up,
        _ => RoundingMode.Nearest,
    };

    private static RoundingMode RequiredMode(Form form)
    {
        if (form.OneOf(Modes) is null) throw form.Error($"{form.At} needs .rn, .rz, .rm or .rp");
        return Mode(form);
    }
}
