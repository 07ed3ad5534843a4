namespace SiaEngine.SimulatedCuda;

/// <summary><c>cublasStatus_t</c> of cublas_api.h.</summary>
internal enum BlasStatus
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
