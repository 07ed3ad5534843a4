namespace SiaEngine.Cuda.Simulator;

/// <summary>The last operand of <c>setp</c> and <c>set</c>: a predicate c joined to the comparison by <c>.and</c>, <c>.or</c> or <c>.xor</c>.</summary>
/// <param name="Operation">First letter of the operation; none if there is no c.</param>
/// <param name="C">The predicate.</param>
/// <param name="Flip">All ones if it is negated.</param>
internal readonly record struct Combination(char Operation, Slot C, uint Flip)
{
    /// <summary>Reads operand <paramref name="index"/> if the instruction combines, and checks the number of operands.</summary>
    public static Combination Read(Form form, int index)
    {
        var operation = form.OneOf("and", "or", "xor");
        form.Count(operation is null ? index : index + 1);
        if (operation is null) return default;
        var (c, negated) = form.InPredicate(index);
        return new(operation[0], c, negated ? uint.MaxValue : 0);
    }

    /// <summary>Joins one bit per lane.</summary>
    public uint Apply(Warp warp, uint holds) => Operation switch
    {
        'a' => holds & (warp.Predicate(C) ^ Flip),
        'o' => holds | (warp.Predicate(C) ^ Flip),
        'x' => holds ^ (warp.Predicate(C) ^ Flip),
        _ => holds,
    };
}
