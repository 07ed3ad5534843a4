namespace SiaEngine.SimulatedCuda.Exports;

/// <summary>cuBLAS: handles and settings.</summary>
internal static unsafe class BlasExports
{
    private static readonly Dictionary<int, (nint Name, nint Text)> Texts = new()
    {
        [0] = Strings("CUBLAS_STATUS_SUCCESS", "success"),
        [1] = Strings("CUBLAS_STATUS_NOT_INITIALIZED", "the library was not initialized"),
        [3] = Strings("CUBLAS_STATUS_ALLOC_FAILED", "the resource allocation failed"),
        [7] = Strings("CUBLAS_STATUS_INVALID_VALUE", "an invalid value was used as an argument"),
        [8] = Strings("CUBLAS_STATUS_ARCH_MISMATCH", "an absent device architectural feature is required"),
        [11] = Strings("CUBLAS_STATUS_MAPPING_ERROR", "an access to GPU memory space failed"),
        [13] = Strings("CUBLAS_STATUS_EXECUTION_FAILED", "the function failed to launch on the GPU"),
        [14] = Strings("CUBLAS_STATUS_INTERNAL_ERROR", "an internal operation failed"),
        [15] = Strings("CUBLAS_STATUS_NOT_SUPPORTED", "the functionality requested is not supported"),
        [16] = Strings("CUBLAS_STATUS_LICENSE_ERROR", "an error was detected when checking the current licensing"),
    };

    [UnmanagedCallersOnly(EntryPoint = "cublasCreate_v2")]
    internal static BlasStatus Create(nint* handle)
    {
        var result = Call.InContext("cublasCreate", context =>
        {
            *handle = context.Own(new BlasHandle(context));
            return CuResult.Success;
        });
        return BlasCall.Status(result);
    }

    [UnmanagedCallersOnly(EntryPoint = "cublasDestroy_v2")]
    internal static BlasStatus Destroy(nint handle) => BlasCall.Run("cublasDestroy", handle, found =>
    {
        found.Context.Disown(handle);
        return BlasStatus.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cublasGetVersion_v2")]
    internal static BlasStatus GetVersion(nint handle, int* version)
    {
        if (version is null) return BlasStatus.InvalidValue;
        *version = BlasHandle.Version;
        return BlasStatus.Success;
    }

    [UnmanagedCallersOnly(EntryPoint = "cublasGetProperty")]
    internal static BlasStatus GetProperty(int property, int* value)
    {
        if (property is < 0 or > 2 || value is null) return BlasStatus.InvalidValue;
        *value = property switch { 0 => BlasHandle.Version / 10000, 1 => BlasHandle.Version / 100 % 100, _ => BlasHandle.Version % 100 };
        return BlasStatus.Success;
    }

    [UnmanagedCallersOnly(EntryPoint = "cublasGetStatusName")]
    internal static nint GetStatusName(int status) => Texts.TryGetValue(status, out var found) ? found.Name : 0;

    [UnmanagedCallersOnly(EntryPoint = "cublasGetStatusString")]
    internal static nint GetStatusString(int status) => Texts.TryGetValue(status, out var found) ? found.Text : 0;

    [UnmanagedCallersOnly(EntryPoint = "cublasSetStream_v2")]
    internal static BlasStatus SetStream(nint handle, nint stream) => BlasCall.Run("cublasSetStream", handle, found =>
    {
        found.Context.Stream(stream);
        found.Stream = stream;
        return BlasStatus.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cublasGetStream_v2")]
    internal static BlasStatus GetStream(nint handle, nint* stream) => BlasCall.Run("cublasGetStream", handle, found =>
    {
        *stream = found.Stream;
        return BlasStatus.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cublasSetWorkspace_v2")]
    internal static BlasStatus SetWorkspace(nint handle, ulong workspace, nuint bytes) => BlasCall.Run("cublasSetWorkspace", handle, found =>
    {
        if (workspace % 256 != 0) throw new CuException(CuResult.InvalidValue, "a workspace is aligned to 256 bytes");
        if (bytes > 0) found.Context.Host(workspace, bytes, write: false);
        return BlasStatus.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cublasSetMathMode")]
    internal static BlasStatus SetMathMode(nint handle, int mode) => BlasCall.Run("cublasSetMathMode", handle, found =>
    {
        if ((mode & ~16) is < 0 or > 3) return BlasStatus.InvalidValue;
        found.MathMode = mode;
        return BlasStatus.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cublasGetMathMode")]
    internal static BlasStatus GetMathMode(nint handle, int* mode) => BlasCall.Run("cublasGetMathMode", handle, found =>
    {
        *mode = found.MathMode;
        return BlasStatus.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cublasSetPointerMode_v2")]
    internal static BlasStatus SetPointerMode(nint handle, int mode) => BlasCall.Run("cublasSetPointerMode", handle, found =>
    {
        if (mode is < 0 or > 1) return BlasStatus.InvalidValue;
        found.PointerMode = mode;
        return BlasStatus.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cublasGetPointerMode_v2")]
    internal static BlasStatus GetPointerMode(nint handle, int* mode) => BlasCall.Run("cublasGetPointerMode", handle, found =>
    {
        *mode = found.PointerMode;
        return BlasStatus.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cublasSetAtomicsMode")]
    internal static BlasStatus SetAtomicsMode(nint handle, int mode) => BlasCall.Run("cublasSetAtomicsMode", handle, found =>
    {
        found.AtomicsMode = mode;
        return BlasStatus.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cublasGetAtomicsMode")]
    internal static BlasStatus GetAtomicsMode(nint handle, int* mode) => BlasCall.Run("cublasGetAtomicsMode", handle, found =>
    {
        *mode = found.AtomicsMode;
        return BlasStatus.Success;
    });

    private static (nint Name, nint Text) Strings(string name, string text) => (Marshal.StringToCoTaskMemUTF8(name), Marshal.StringToCoTaskMemUTF8(text));
}
