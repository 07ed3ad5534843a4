namespace SiaEngine.Cuda.Simulator;

/// <summary>add, min and max of two 16-bit integers in one register, and <c>.relu</c> of min and max.</summary>
internal static class PairArithmetic
{
    /// <summary>Whether an instruction is one of them.</summary>
    public static bool Applies(Form form) => form.Has("u16x2") || form.Has("s16x2") || form.Has("relu");

    /// <summary>Compiles <c>add</c>, <c>min</c> or <c>max</c>.</summary>
    public static Step Compile(Form form)
    {
        var pair = form.OneOf("u16x2", "s16x2");
        var opcode = form.At.Opcode;
        if (opcode == "add") form.Allow("u16x2", "s16x2");
        else form.Allow("u16x2", "s16x2", "relu");
        if (pair is null) form.Type(PtxType.S32);
        else if (form.At.Types.Count != 0) throw form.Error($"{form.At} takes one type");
        if (form.Has("relu") && pair == "u16x2") throw form.Error($"{form.At} takes .relu with s16x2 and s32 only");
        form.Count(3);
        Slot d = form.Out(0, PtxType.B32), a = form.In(1, PtxType.B32), b = form.In(2, PtxType.B32);
        return (opcode, pair, form.Has("relu")) switch
        {
            ("add", _, _) => new MapStep<uint, uint, uint, Halves<IntegerMaps.Add<ushort>>>(d, a, b),
            ("min", "u16x2", _) => new MapStep<uint, uint, uint, Halves<IntegerMaps.Min<ushort>>>(d, a, b),
            ("max", "u16x2", _) => new MapStep<uint, uint, uint, Halves<IntegerMaps.Max<ushort>>>(d, a, b),
            ("min", "s16x2", false) => new MapStep<uint, uint, uint, SignedHalves<IntegerMaps.Min<short>, No>>(d, a, b),
            ("max", "s16x2", false) => new MapStep<uint, uint, uint, SignedHalves<IntegerMaps.Max<short>, No>>(d, a, b),
            ("min", "s16x2", true) => new MapStep<uint, uint, uint, SignedHalves<IntegerMaps.Min<short>, Yes>>(d, a, b),
            ("max", "s16x2", true) => new MapStep<uint, uint, uint, SignedHalves<IntegerMaps.Max<short>, Yes>>(d, a, b),
            ("min", _, _) => new MapStep<int, int, int, Relu<IntegerMaps.Min<int>>>(d, a, b),
            _ => new MapStep<int, int, int, Relu<IntegerMaps.Max<int>>>(d, a, b),
        };
    }

    private readonly struct Halves<TMap> : IMap<uint, uint, uint> where TMap : struct, IMap<ushort, ushort, ushort>
    {
        public static uint Apply(uint a, uint b) => (uint)TMap.Apply((ushort)(a >> 16), (ushort)(b >> 16)) << 16 | TMap.Apply((ushort)a, (ushort)b);
    }

    private readonly struct SignedHalves<TMap, TRelu> : IMap<uint, uint, uint> where TMap : struct, IMap<short, short, short> where TRelu : IFlag
    {
        public static uint Apply(uint a, uint b) => (uint)Half((short)(a >> 16), (short)(b >> 16)) << 16 | Half((short)a, (short)b);

        private static ushort Half(short a, short b)
        {
            var value = TMap.Apply(a, b);
            return TRelu.On && value < 0 ? (ushort)0 : (ushort)value;
        }
    }

    private readonly struct Relu<TMap> : IMap<int, int, int> where TMap : struct, IMap<int, int, int>
    {
        public static int Apply(int a, int b) => Math.Max(TMap.Apply(a, b), 0);
    }
}
