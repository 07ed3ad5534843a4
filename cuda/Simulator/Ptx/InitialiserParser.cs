using System.Buffers.Binary;

namespace SiaEngine.Cuda.Simulator;

/// <summary>Initial value of a variable: a number, or numbers and addresses in nested braces; what is left out is zero.</summary>
internal sealed class InitialiserParser(TokenReader reader, ConstantParser constants, Budget budget, PtxType type)
{
    private readonly List<(int Offset, string Symbol, long Addend)> _relocations = [];
    private byte[] _bytes = [];
    private long _most;

    /// <summary>Bytes of the variable.</summary>
    public byte[] Bytes => _bytes;

    /// <summary>Places that hold addresses.</summary>
    public IReadOnlyList<(int Offset, string Symbol, long Addend)> Relocations => _relocations;

    /// <summary>Reads what follows <c>=</c>. An open first extent is set to the number of elements given.</summary>
    public void Read(List<long> extents, Token name)
    {
        if (type.Size == 0) throw reader.Error(name, $"'{name.Text}' cannot have an initial value");
        var isOpen = extents.Count > 0 && extents[0] < 0;
        long inner = 1;
        for (var i = isOpen ? 1 : 0; i < extents.Count; i++)
        {
            inner *= extents[i];
            if (inner * type.Size > Budget.MostInitialised) throw reader.Error(name, $"'{name.Text}' has an initial value and more than {Budget.MostInitialised} bytes");
        }
        if (!isOpen && !budget.TakeInitialised(inner * type.Size)) throw reader.Error(name, $"the initial values up to '{name.Text}' take more than {Budget.MostInitialised} bytes");
        _most = isOpen ? Budget.MostInitialised / type.Size : inner;
        _bytes = new byte[isOpen ? 0 : inner * type.Size];
        if (reader.Is("{"))
        {
            var end = Level(extents, 0, 0, isOpen ? _most : inner);
            if (!isOpen) return;
            if (inner == 0) throw reader.Error(name, $"'{name.Text}' has an extent of 0");
            extents[0] = (end + inner - 1) / inner;
            Grow(extents[0] * inner);
            if (!budget.TakeInitialised(extents[0] * inner * type.Size)) throw reader.Error(name, $"the initial values up to '{name.Text}' take more than {Budget.MostInitialised} bytes");
            Array.Resize(ref _bytes, checked((int)(extents[0] * inner * type.Size)));
        }
        else if (extents.Count == 0) Scalar(0);
        else throw reader.Error(reader.Current, $"'{{' is expected before the values of array '{name.Text}', not {reader.Current}");
    }

    private long Level(List<long> extents, int level, long start, long size)
    {
        reader.Expect("{", "before values");
        var inner = size;
        if (level < extents.Count && extents[level] > 0) inner = size / extents[level];
        else if (level < extents.Count && extents[level] < 0) inner = Product(extents);
        var at = start;
        while (!reader.Accept("}"))
        {
            if (at > start) reader.Expect(",", "between values");
            if (at > start && reader.Accept("}")) break;
            if (at >= start + size) throw reader.Error(reader.Current, $"more than {size} values");
            if (reader.Is("{"))
            {
                if (level + 1 >= Math.Max(1, extents.Count)) throw reader.Error(reader.Current, "braces are nested deeper than the array");
                Level(extents, level + 1, at, inner);
                at += inner;
            }
            else Scalar(at++);
        }
        return at;
    }

    private static long Product(List<long> extents)
    {
        long product = 1;
        for (var i = 1; i < extents.Count; i++) product *= extents[i];
        return product;
    }

    private void Scalar(long index)
    {
        Grow(index + 1);
        var offset = checked((int)(index * type.Size));
        var at = reader.Current;
        if (at.Kind == TokenKind.Identifier && at.Text != "WARP_SZ")
        {
            Address(offset, at);
            return;
        }
        if (!ConstantParser.Begins(at)) throw reader.Error(at, $"a value is expected, not {at}");
        var constant = constants.Read();
        var isFloat = type is PtxType.F32 or PtxType.F64 or PtxType.F16 or PtxType.BF16;
        if (!isFloat && constant.FloatBits > 0) throw reader.Error(at, $"{at} initialises a .{type.ToString().ToLowerInvariant()} variable, which takes integers");
        var bits = type switch
        {
            PtxType.F64 => BitConverter.DoubleToUInt64Bits(constant.AsReal),
            PtxType.F32 => BitConverter.SingleToUInt32Bits((float)constant.AsReal),
            PtxType.F16 => BitConverter.HalfToUInt16Bits((Half)constant.AsReal),
            PtxType.BF16 => BitConverter.SingleToUInt32Bits((float)constant.AsReal) >> 16,
            _ => constant.Bits,
        };
        Store(offset, bits);
    }

    private void Address(int offset, Token at)
    {
        reader.Take();
        var name = at.Text;
        if (reader.Accept("("))
        {
            if (name != "generic") throw reader.Error(at, $"'{name}(...)' is not an initial value; numbers, names and generic(name) are");
            name = reader.Name("the name of a variable").Text;
            reader.Expect(")", "behind generic(name");
        }
        if (type.Size != 8) throw reader.Error(at, $"the address of '{name}' takes 8 bytes, a .{type.ToString().ToLowerInvariant()} has {type.Size}");
        var addend = reader.Is("+") || reader.Is("-") ? (long)constants.Integer("an offset") : 0;
        _relocations.Add((offset, name, addend));
    }

    private void Store(int offset, ulong bits)
    {
        Span<byte> word = stackalloc byte[16];
        word.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(word, bits);
        word[..type.Size].CopyTo(_bytes.AsSpan(offset));
    }

    private void Grow(long count)
    {
        if (count > _most) throw reader.Error(reader.Current, $"more than {_most} values");
        if (count * type.Size > _bytes.Length) Array.Resize(ref _bytes, checked((int)Math.Min(_most * type.Size, Math.Max(count * type.Size, _bytes.Length * 2L))));
    }
}
