namespace SiaEngine;

/// <summary>Element type of a tensor.</summary>
public enum DType : byte
{
    /// <summary>IEEE binary32: training on the CPU, master weights, gradients, statistics.</summary>
    F32,

    /// <summary>bfloat16: compute type on the GPU, storage only on the CPU.</summary>
    BF16,

    /// <summary>IEEE binary64: gradient checks.</summary>
    F64,

    /// <summary>32-bit signed integer: token ids.</summary>
    I32,
}

/// <summary>Properties of <see cref="DType"/>.</summary>
public static class DTypeExtensions
{
    extension(DType dtype)
    {
        /// <summary>Bytes per element.</summary>
        public int Size => dtype switch { DType.BF16 => 2, DType.F64 => 8, _ => 4 };

        /// <summary>Type in which sums over this type are kept: f64 for f64, f32 for f32 and bf16.</summary>
        public DType Accumulator => dtype == DType.F64 ? DType.F64 : DType.F32;

        /// <summary>Name in messages, kernels and files: f32, bf16, f64, i32.</summary>
        public string Name => dtype switch { DType.F32 => "f32", DType.BF16 => "bf16", DType.F64 => "f64", _ => "i32" };

        /// <summary>Whether the type holds real numbers.</summary>
        public bool IsFloat => dtype != DType.I32;

        /// <summary>The <see cref="DType"/> of a .NET element type.</summary>
        /// <exception cref="DTypeException">The type is none of float, double, int, <see cref="BFloat16"/>.</exception>
        public static DType Of<T>() where T : unmanaged =>
            typeof(T) == typeof(float) ? DType.F32
            : typeof(T) == typeof(double) ? DType.F64
            : typeof(T) == typeof(int) ? DType.I32
            : typeof(T) == typeof(BFloat16) ? DType.BF16
            : throw new DTypeException($"element type {typeof(T).Name} is not a tensor type; use float, double, int or BFloat16.");
    }
}
