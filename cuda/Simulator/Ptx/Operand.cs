namespace SiaEngine.Cuda.Simulator;

/// <summary>Operand of an instruction.</summary>
public abstract record Operand;

/// <summary>A register of the function, or one half of <c>p|q</c> when <see cref="Second"/> is given.</summary>
/// <param name="Register">The register.</param>
/// <param name="Second">Second destination of <c>setp p|q</c> and <c>shfl d|p</c>.</param>
/// <param name="Negated">A predicate written with <c>!</c>.</param>
public sealed record RegisterOperand(PtxRegister Register, PtxRegister? Second = null, bool Negated = false) : Operand;

/// <summary>A special register such as <c>%tid.x</c>, with its component.</summary>
/// <param name="Name">Name with the percent sign and the component, as in <c>%tid.x</c> or <c>%laneid</c>.</param>
public sealed record SpecialRegisterOperand(string Name) : Operand;

/// <summary>An integer constant, 64 bits in two's complement.</summary>
/// <param name="Bits">The value.</param>
public sealed record IntegerOperand(ulong Bits) : Operand;

/// <summary>A floating-point constant: <c>0f3F800000</c>, <c>0d3FF0000000000000</c> or a decimal.</summary>
/// <param name="Value">The value; exact for all three forms.</param>
/// <param name="Bits">Bits of the form written: 32 for 0f, 64 for 0d and decimals.</param>
public sealed record FloatOperand(double Value, int Bits) : Operand;

/// <summary>A variable whose address is taken, as in <c>mov.u32 %r1, tile;</c> plus a constant.</summary>
/// <param name="Variable">The variable.</param>
/// <param name="Offset">Bytes added to its address.</param>
public sealed record VariableOperand(PtxVariable Variable, long Offset = 0) : Operand;

/// <summary>A memory address in brackets: register plus offset, variable plus offset, or an absolute number.</summary>
/// <param name="Base">A <see cref="RegisterOperand"/>, <see cref="VariableOperand"/>, or null for an absolute address.</param>
/// <param name="Offset">Bytes added.</param>
public sealed record AddressOperand(Operand? Base, long Offset) : Operand;

/// <summary>Several scalars in braces, as of a vector load or a matrix fragment.</summary>
/// <param name="Elements">The scalars; null is the sink <c>_</c>.</param>
public sealed record VectorOperand(IReadOnlyList<Operand?> Elements) : Operand;

/// <summary>A label of the function.</summary>
/// <param name="Label">The label; its position is known when the function is complete.</param>
public sealed record LabelOperand(PtxLabel Label) : Operand;

/// <summary>A function that is called, or whose address is taken.</summary>
/// <param name="Name">Name of the function.</param>
public sealed record FunctionOperand(string Name) : Operand;

/// <summary>Arguments or results of a call, in parentheses: registers, constants or variables of space param.</summary>
/// <param name="Arguments">The operands.</param>
public sealed record ArgumentsOperand(IReadOnlyList<Operand> Arguments) : Operand;

/// <summary>The sink <c>_</c>: the result is not wanted.</summary>
/// <param name="Second">The predicate of <c>elect.sync _|p</c>.</param>
public sealed record SinkOperand(PtxRegister? Second = null) : Operand;
