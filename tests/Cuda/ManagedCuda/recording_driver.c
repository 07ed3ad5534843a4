/* A CUDA driver and cuBLAS that keep a record of every call and its arguments, hand out host memory, run no kernel, and fail when told to.
   Prototypes are those of NVIDIA's cuda.h (12.5) and cublas_api.h; the arguments are recorded as the ABI passes them, narrow ones extended by sign. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct { char name[48]; int32_t count; uint64_t args[24]; } call_record;

static call_record calls[1 << 14];
static int call_count;
static char fail_name[48];
static int fail_status, fail_after, fail_sticky, sticky_status;

int recording_count(void) { return call_count; }
call_record* recording_call(int i) { return &calls[i]; }
void recording_reset(void) { call_count = 0; fail_name[0] = 0; sticky_status = 0; }

/* From the call with this name that comes after so many of its kind on, answer with a status: once, or from there on to every call. */
void recording_fail(const char* name, int status, int after, int sticky)
{
    strncpy(fail_name, name, sizeof fail_name - 1);
    fail_status = status; fail_after = after; fail_sticky = sticky;
}

static int take(const char* name, int count, const uint64_t* args)
{
    if (call_count < (int)(sizeof calls / sizeof calls[0])) {
        call_record* r = &calls[call_count++];
        strncpy(r->name, name, sizeof r->name - 1);
        r->count = count;
        memcpy(r->args, args, count * sizeof args[0]);
    }
    if (sticky_status) return sticky_status;
    if (!fail_name[0] || strcmp(fail_name, name) || fail_after-- > 0) return 0;
    fail_name[0] = 0;
    if (fail_sticky) sticky_status = fail_status;
    return fail_status;
}

#define P(x) (uint64_t)(uintptr_t)(x)
#define N(x) (uint64_t)(int64_t)(x)
#define TAKE(...) do { uint64_t a_[] = { __VA_ARGS__ }; int s_ = take(__func__, sizeof a_ / sizeof a_[0], a_); if (s_) return s_; } while (0)

typedef void* handle;

static handle new_handle(void) { static uintptr_t next = 0x1000; return (handle)(next += 0x10); }

int cuInit(unsigned flags) { TAKE(N(flags)); return 0; }
int cuDriverGetVersion(int* version) { TAKE(P(version)); *version = 12040; return 0; }
int cuGetErrorName(int error, const char** name)
{
    static const struct { int status; const char* name; } names[] = {
        { 2, "CUDA_ERROR_OUT_OF_MEMORY" }, { 46, "CUDA_ERROR_DEVICE_UNAVAILABLE" }, { 218, "CUDA_ERROR_INVALID_PTX" }, { 500, "CUDA_ERROR_NOT_FOUND" },
        { 700, "CUDA_ERROR_ILLEGAL_ADDRESS" }, { 701, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES" }, { 719, "CUDA_ERROR_LAUNCH_FAILED" }, { 999, "CUDA_ERROR_UNKNOWN" } };
    uint64_t a[] = { N(error), P(name) };
    int i, kept = sticky_status;
    sticky_status = 0;
    take(__func__, 2, a);
    sticky_status = kept;
    for (i = 0; i < (int)(sizeof names / sizeof names[0]); i++)
        if (names[i].status == error) { *name = names[i].name; return 0; }
    *name = 0;
    return 1;
}
int cuGetErrorString(int error, const char** text)
{
    uint64_t a[] = { N(error), P(text) };
    int kept = sticky_status;
    sticky_status = 0;
    take(__func__, 2, a);
    sticky_status = kept;
    *text = "words of the driver";
    return 0;
}

int cuDeviceGet(int* device, int ordinal) { TAKE(P(device), N(ordinal)); *device = ordinal; return 0; }
int cuDeviceGetCount(int* count) { TAKE(P(count)); *count = 1; return 0; }
int cuDeviceGetName(char* name, int length, int device) { TAKE(P(name), N(length), N(device)); strncpy(name, "recording device", length); return 0; }
int cuDeviceTotalMem_v2(size_t* bytes, int device) { TAKE(P(bytes), N(device)); *bytes = (size_t)80 << 30; return 0; }
int cuDeviceGetAttribute(int* value, int attribute, int device)
{
    TAKE(P(value), N(attribute), N(device));
    *value = attribute == 75 ? 9 : attribute == 76 ? 0 : attribute == 38 ? 50 << 20 : 1;
    return 0;
}

int cuCtxSetCurrent(handle context) { TAKE(P(context)); return 0; }
int cuDevicePrimaryCtxRetain(handle* context, int device) { TAKE(P(context), N(device)); *context = new_handle(); return 0; }
int cuDevicePrimaryCtxRelease_v2(int device) { TAKE(N(device)); return 0; }

int cuModuleLoadDataEx(handle* module, const void* image, unsigned count, int* options, void** values)
{
    uint64_t a[] = { P(module), strlen(image), N(count), count > 2 ? N(options[2]) : 0, count > 3 ? P(values[3]) : 0 };
    int status = take(__func__, 5, a);
    unsigned i;
    for (i = 0; status && i < count; i++)
        if (options[i] == 5) strcpy(values[i], "ptxas application ptx input, line 30; error   : Unknown symbol 'nowhere'\nptxas fatal   : Ptx assembly aborted due to errors");
    *module = new_handle();
    return status;
}
int cuModuleUnload(handle module) { TAKE(P(module)); return 0; }
int cuModuleGetFunction(handle* function, handle module, const char* name) { TAKE(P(function), P(module), strlen(name)); *function = new_handle(); return 0; }
int cuFuncSetAttribute(handle function, int attribute, int value) { TAKE(P(function), N(attribute), N(value)); return 0; }

int cuLaunchKernel(handle function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared, handle stream, void** params, void** extra)
{
    TAKE(P(function), N(gx), N(gy), N(gz), N(bx), N(by), N(bz), N(shared), P(stream), params ? *(uint64_t*)params[0] : 0, params ? *(uint64_t*)params[1] : 0, P(extra));
    return 0;
}

typedef struct { unsigned id; char pad[4]; union { char bytes[64]; struct { unsigned x, y, z; } cluster; uint64_t word[8]; } value; } launch_attribute;
typedef struct { unsigned gx, gy, gz, bx, by, bz, shared; handle stream; launch_attribute* attributes; unsigned count; } launch_config;
_Static_assert(sizeof(launch_attribute) == 72 && sizeof(launch_config) == 56, "layouts of cuda.h");
int cuLaunchKernelEx(const launch_config* c, handle function, void** params, void** extra)
{
    launch_attribute none = { 0 }, *a = c->count > 1 ? &c->attributes[1] : c->count > 0 ? &c->attributes[0] : &none;
    TAKE(N(c->gx), N(c->gy), N(c->gz), N(c->bx), N(c->by), N(c->bz), N(c->shared), P(c->stream), N(c->count), N(a->id), N(a->value.cluster.x), N(a->value.cluster.y), N(a->value.cluster.z),
        a->value.word[7], P(function), *(uint64_t*)params[0], P(extra));
    return 0;
}

int cuMemGetInfo_v2(size_t* available, size_t* total) { TAKE(P(available), P(total)); *available = (size_t)1 << 30; *total = (size_t)80 << 30; return 0; }
int cuMemAlloc_v2(uint64_t* address, size_t bytes) { TAKE(P(address), bytes); *address = P(calloc(1, bytes)); return 0; }
int cuMemFree_v2(uint64_t address) { TAKE(address); free((void*)address); return 0; }
int cuMemHostAlloc(void** memory, size_t bytes, unsigned flags) { TAKE(P(memory), bytes, N(flags)); *memory = calloc(1, bytes); return 0; }
int cuMemFreeHost(void* memory) { TAKE(P(memory)); free(memory); return 0; }
#ifndef WITHOUT_POOLS
int cuDeviceGetDefaultMemPool(handle* pool, int device) { TAKE(P(pool), N(device)); *pool = new_handle(); return 0; }
int cuMemPoolSetAttribute(handle pool, int attribute, uint64_t* value) { TAKE(P(pool), N(attribute), *value); return 0; }
int cuMemAllocAsync(uint64_t* address, size_t bytes, handle stream) { TAKE(P(address), bytes, P(stream)); *address = P(calloc(1, bytes)); return 0; }
int cuMemFreeAsync(uint64_t address, handle stream) { TAKE(address, P(stream)); free((void*)address); return 0; }
#endif

int cuMemcpyHtoDAsync_v2(uint64_t to, const void* from, size_t bytes, handle stream) { TAKE(to, P(from), bytes, P(stream)); memcpy((void*)to, from, bytes); return 0; }
int cuMemcpyDtoHAsync_v2(void* to, uint64_t from, size_t bytes, handle stream) { TAKE(P(to), from, bytes, P(stream)); memcpy(to, (void*)from, bytes); return 0; }
int cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes, handle stream) { TAKE(to, from, bytes, P(stream)); memmove((void*)to, (void*)from, bytes); return 0; }
int cuMemsetD8Async(uint64_t to, unsigned char value, size_t bytes, handle stream) { TAKE(to, value, bytes, P(stream)); memset((void*)to, value, bytes); return 0; }

int cuStreamCreate(handle* stream, unsigned flags) { TAKE(P(stream), N(flags)); *stream = new_handle(); return 0; }
int cuStreamDestroy_v2(handle stream) { TAKE(P(stream)); return 0; }
int cuStreamSynchronize(handle stream) { TAKE(P(stream)); return 0; }
int cuStreamBeginCapture_v2(handle stream, int mode) { TAKE(P(stream), N(mode)); return 0; }
int cuStreamEndCapture(handle stream, handle* graph) { TAKE(P(stream), P(graph)); *graph = new_handle(); return 0; }
int cuEventCreate(handle* event, unsigned flags) { TAKE(P(event), N(flags)); *event = new_handle(); return 0; }
int cuEventRecord(handle event, handle stream) { TAKE(P(event), P(stream)); return 0; }
int cuEventSynchronize(handle event) { TAKE(P(event)); return 0; }
int cuEventElapsedTime(float* milliseconds, handle start, handle end) { TAKE(P(milliseconds), P(start), P(end)); *milliseconds = 1.5f; return 0; }
int cuEventDestroy_v2(handle event) { TAKE(P(event)); return 0; }
int cuGraphInstantiateWithFlags(handle* exec, handle graph, uint64_t flags) { TAKE(P(exec), P(graph), flags); *exec = new_handle(); return 0; }
int cuGraphLaunch(handle exec, handle stream) { TAKE(P(exec), P(stream)); return 0; }
int cuGraphExecDestroy(handle exec) { TAKE(P(exec)); return 0; }
int cuGraphDestroy(handle graph) { TAKE(P(graph)); return 0; }

int cublasCreate_v2(handle* blas) { TAKE(P(blas)); *blas = new_handle(); return 0; }
int cublasDestroy_v2(handle blas) { TAKE(P(blas)); return 0; }
int cublasGetVersion_v2(handle blas, int* version) { TAKE(P(blas), P(version)); *version = 120405; return 0; }
int cublasSetStream_v2(handle blas, handle stream) { TAKE(P(blas), P(stream)); return 0; }
int cublasSetWorkspace_v2(handle blas, void* memory, size_t bytes) { TAKE(P(blas), P(memory), bytes); return 0; }
int cublasSetMathMode(handle blas, int mode) { TAKE(P(blas), N(mode)); return 0; }
static uint64_t bits(const void* scalar) { uint32_t word; memcpy(&word, scalar, 4); return word; }
int cublasGemmEx(handle blas, int ta, int tb, int m, int n, int k, const void* alpha, const void* a, int at, int lda, const void* b, int bt, int ldb, const void* beta, void* c, int ct, int ldc,
    int compute, int algorithm)
{
    TAKE(P(blas), N(ta), N(tb), N(m), N(n), N(k), bits(alpha), P(a), N(at), N(lda), P(b), N(bt), N(ldb), bits(beta), P(c), N(ct), N(ldc), N(compute), N(algorithm));
    return 0;
}
int cublasGemmStridedBatchedEx(handle blas, int ta, int tb, int m, int n, int k, const void* alpha, const void* a, int at, int lda, long long sa, const void* b, int bt, int ldb, long long sb,
    const void* beta, void* c, int ct, int ldc, long long sc, int batch, int compute, int algorithm)
{
    TAKE(P(blas), N(ta), N(tb), N(m), N(n), N(k), bits(alpha), P(a), N(at), N(lda), N(sa), P(b), N(bt), N(ldb), N(sb), bits(beta), P(c), N(ct), N(ldc), N(sc), N(batch), N(compute), N(algorithm));
    return 0;
}
