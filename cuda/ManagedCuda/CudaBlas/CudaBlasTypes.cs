using System.Runtime.InteropServices;

namespace ManagedCuda.CudaBlas;

/// <summary>A cuBLAS handle.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CudaBlasHandle
{
    public IntPtr Pointer;
}

/// <summary>Status of a cuBLAS call.</summary>
public enum CublasStatus
{
    Success = 0,
    NotInitialized = 1,
    AllocFailed = 3,
    InvalidValue = 7,
    ArchMismatch = 8,
    MappingError = 11,
    ExecutionFailed = 13,
    InternalError = 14,
    NotSupported = 15,
    LicenseError = 16,
}

/// <summary>How an operand is read.</summary>
public enum Operation
{
    NonTranspose = 0,
    Transpose = 1,
    ConjugateTranspose = 2,
}

/// <summary>Which arithmetic products may use.</summary>
public enum Math
{
    DefaultMath = 0,
    PedanticMath = 2,
    TF32TensorOpMath = 3,
    DisallowReducedPrecisionReduction = 16,
}

/// <summary>Type of the sums of a product.</summary>
public enum ComputeType
{
    Compute32F = 68,
    Compute32FPedantic = 69,
    Compute32FFastTF32 = 77,
}

/// <summary>Algorithm of a product.</summary>
public enum GemmAlgo
{
    Default = -1,
}
