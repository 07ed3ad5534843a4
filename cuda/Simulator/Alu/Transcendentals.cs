namespace SiaEngine.Cuda.Simulator;

/// <summary>rsqrt, sin, cos, lg2, ex2 and tanh.</summary>
internal static class Transcendentals
{
    /// <summary>Compiles any of them for f32 and f64; half types are <see cref="HalfArithmetic"/>'s.</summary>
    public static Step Compile(Form form)
    {
        var opcode = form.At.Opcode;
        var type = opcode == "rsqrt" ? form.Type(PtxType.F32, PtxType.F64) : form.Type(PtxType.F32);
        if (opcode == "tanh") form.Allow("approx");
        else form.Allow("approx", "ftz");
        form.Count(2);
        if (!form.Has("approx")) throw form.Error($"{form.At} needs .approx");
        Slot d = form.Out(0, type), a = form.In(1, type);
        if (type == PtxType.F64)
        {
            return form.Has("ftz")
                ? new MapStep<double, double, Approximations.ReciprocalSqrtDoubleUpper>(d, a, 1)
                : new MapStep<double, double, Approximations.ReciprocalSqrtDouble>(d, a, 1);
        }

        return opcode switch
        {
            "rsqrt" => FloatArithmetic.Scalar<Approximations.ReciprocalSqrt>(form, d, a),
            "sin" => FloatArithmetic.Scalar<Approximations.Sin>(form, d, a),
            "cos" => FloatArithmetic.Scalar<Approximations.Cos>(form, d, a),
            "lg2" => FloatArithmetic.Scalar<Approximations.Log2>(form, d, a),
            "ex2" => FloatArithmetic.Scalar<Approximations.Exp2>(form, d, a),
            _ => FloatArithmetic.Scalar<Approximations.Tanh>(form, d, a),
        };
    }
}
