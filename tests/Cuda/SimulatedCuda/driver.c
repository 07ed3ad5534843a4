// A program of the CUDA driver API, without NVIDIA's headers. The first argument is the part to run, the second the PTX file.
#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { unsigned gx, gy, gz, bx, by, bz, shared; void* stream; void* attributes; unsigned count; } LaunchConfig;
typedef struct { unsigned id, unused; unsigned value[16]; } LaunchAttribute;
typedef struct { size_t sx, sy; unsigned skind; void* shost; uint64_t sdevice; void* sarray; size_t spitch, dx, dy; unsigned dkind; void* dhost; uint64_t ddevice; void* darray; size_t dpitch, width, height; } Copy2D;
typedef struct { uint64_t x, y; uint32_t count, unused; } Problem;

int cuInit(unsigned), cuDriverGetVersion(int*), cuGetErrorName(int, const char**), cuGetErrorString(int, const char**);
int cuGetProcAddress_v2(const char*, void**, int, uint64_t, int*);
int cuDeviceGetCount(int*), cuDeviceGet(int*, int), cuDeviceGetName(char*, int, int), cuDeviceGetAttribute(int*, int, int), cuDeviceTotalMem_v2(size_t*, int);
int cuDevicePrimaryCtxRetain(void**, int), cuDevicePrimaryCtxRelease_v2(int), cuDevicePrimaryCtxReset_v2(int), cuDevicePrimaryCtxGetState(int, unsigned*, int*);
int cuCtxSetCurrent(void*), cuCtxGetCurrent(void**), cuCtxSynchronize(void), cuCtxCreate_v2(void**, unsigned, int), cuCtxDestroy_v2(void*), cuCtxPopCurrent_v2(void**);
int cuModuleLoad(void**, const char*), cuModuleLoadDataEx(void**, const void*, unsigned, int*, void**), cuModuleLoadData(void**, const void*), cuModuleUnload(void*);
int cuModuleGetFunction(void**, void*, const char*), cuModuleGetGlobal_v2(uint64_t*, size_t*, void*, const char*);
int cuFuncGetAttribute(int*, int, void*), cuFuncSetAttribute(void*, int, int), cuOccupancyMaxActiveBlocksPerMultiprocessor(int*, void*, int, size_t);
int cuMemAlloc_v2(uint64_t*, size_t), cuMemFree_v2(uint64_t), cuMemAllocAsync(uint64_t*, size_t, void*), cuMemFreeAsync(uint64_t, void*), cuMemGetInfo_v2(size_t*, size_t*);
int cuMemHostAlloc(void**, size_t, unsigned), cuMemFreeHost(void*), cuMemHostGetDevicePointer_v2(uint64_t*, void*, unsigned), cuMemHostRegister_v2(void*, size_t, unsigned), cuMemHostUnregister(void*);
int cuDeviceGetDefaultMemPool(void**, int), cuMemPoolGetAttribute(void*, int, void*);
int cuMemcpyHtoD_v2(uint64_t, const void*, size_t), cuMemcpyDtoH_v2(void*, uint64_t, size_t), cuMemcpyDtoD_v2(uint64_t, uint64_t, size_t), cuMemcpy(uint64_t, uint64_t, size_t);
int cuMemcpyHtoDAsync_v2(uint64_t, const void*, size_t, void*), cuMemcpyDtoHAsync_v2(void*, uint64_t, size_t, void*), cuMemsetD32Async(uint64_t, unsigned, size_t, void*), cuMemsetD8_v2(uint64_t, unsigned char, size_t);
int cuStreamCreate(void**, unsigned), cuStreamDestroy_v2(void*), cuStreamSynchronize(void*), cuStreamQuery(void*), cuStreamWaitEvent(void*, void*, unsigned);
int cuEventCreate(void**, unsigned), cuEventRecord(void*, void*), cuEventSynchronize(void*), cuEventElapsedTime(float*, void*, void*), cuEventDestroy_v2(void*);
int cuLaunchKernel(void*, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void*, void**, void**), cuLaunchKernelEx(const LaunchConfig*, void*, void**, void**);
int cuStreamBeginCapture_v2(void*, int), cuStreamEndCapture(void*, void**), cuStreamIsCapturing(void*, int*), cuGraphInstantiateWithFlags(void**, void*, uint64_t), cuGraphLaunch(void*, void*);
int cuGraphExecDestroy(void*), cuGraphDestroy(void*), cuGraphGetNodes(void*, void**, size_t*);
int cuLinkCreate_v2(unsigned, int*, void**, void**), cuLinkAddData_v2(void*, int, void*, size_t, const char*, unsigned, int*, void**), cuLinkComplete(void*, void**, size_t*), cuLinkDestroy(void*);
int cuLibraryLoadData(void**, const void*, int*, void**, unsigned, int*, void**, unsigned), cuLibraryGetKernel(void**, void*, const char*), cuKernelGetFunction(void**, void*), cuLibraryUnload(void*);
int cuMemAllocPitch_v2(uint64_t*, size_t*, size_t, size_t, unsigned), cuMemcpy2D_v2(const Copy2D*);
int cublasCreate_v2(void**), cublasDestroy_v2(void*), cublasSetStream_v2(void*, void*), cublasGetVersion_v2(void*, int*);
int cublasSgemm_v2(void*, int, int, int, int, int, const float*, const float*, int, const float*, int, const float*, float*, int);
int cublasGemmEx(void*, int, int, int, int, int, const void*, const void*, int, int, const void*, int, int, const void*, void*, int, int, int, int);

enum { N = 1000 };
static void* context;
static void *module, *saxpy, *racing;
static float* pinned;

static const char* name(int status)
{
    const char* text = "?";
    cuGetErrorName(status, &text);
    return text;
}

#define CHECK(call) do { int s_ = (call); if (s_) { printf("%s: %s\n", #call, name(s_)); exit(1); } } while (0)
#define SHOW(call) printf("%s\n", name(call))

static char* read_file(const char* path)
{
    FILE* file = fopen(path, "rb");
    if (!file) exit(2);
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char* text = calloc(size + 1, 1);
    if (fread(text, 1, size, file) != (size_t)size) exit(2);
    fclose(file);
    return text;
}

static void open_device(const char* path)
{
    int device;
    CHECK(cuInit(0));
    CHECK(cuDeviceGet(&device, 0));
    CHECK(cuDevicePrimaryCtxRetain(&context, device));
    CHECK(cuCtxSetCurrent(context));
    CHECK(cuModuleLoad(&module, path));
    CHECK(cuModuleGetFunction(&saxpy, module, "saxpy"));
    CHECK(cuModuleGetFunction(&racing, module, "racing"));
    CHECK(cuMemHostAlloc((void**)&pinned, N * sizeof(float), 0));
}

static uint64_t filled(float value, float step)
{
    uint64_t address;
    CHECK(cuMemAlloc_v2(&address, N * sizeof(float)));
    float* host = malloc(N * sizeof(float));
    for (int i = 0; i < N; i++) host[i] = value + step * i;
    CHECK(cuMemcpyHtoD_v2(address, host, N * sizeof(float)));
    free(host);
    return address;
}

static int launch(uint64_t x, uint64_t y, unsigned count, float scale, void* stream)
{
    Problem problem = { x, y, count, 0 };
    void* arguments[] = { &problem, &scale };
    return cuLaunchKernel(saxpy, (count + 255) / 256, 1, 1, 256, 1, 1, 0, stream, arguments, NULL);
}

static int wrong(uint64_t y, float value, float step)
{
    float* host = malloc(N * sizeof(float));
    CHECK(cuMemcpyDtoH_v2(host, y, N * sizeof(float)));
    int count = 0;
    for (int i = 0; i < N; i++) count += host[i] != value + step * i;
    free(host);
    return count;
}

static void run(void)
{
    int version, count, major, threads, blocks, shared;
    char device[64];
    unsigned flags;
    CHECK(cuDriverGetVersion(&version));
    CHECK(cuDeviceGetCount(&count));
    CHECK(cuDeviceGetName(device, sizeof device, 0));
    CHECK(cuDeviceGetAttribute(&major, 75, 0));
    CHECK(cuDevicePrimaryCtxGetState(0, &flags, &shared));
    printf("%d %d [%s] %d %d\n", version, count, device, major, shared);
    CHECK(cuFuncGetAttribute(&threads, 0, saxpy));
    CHECK(cuFuncGetAttribute(&shared, 1, racing));
    CHECK(cuOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, saxpy, 256, 0));
    printf("%d threads, %d bytes, %d blocks\n", threads, shared, blocks);

    void *stream, *start, *end;
    CHECK(cuStreamCreate(&stream, 1));
    CHECK(cuEventCreate(&start, 0));
    CHECK(cuEventCreate(&end, 0));
    uint64_t x = filled(0, 1), y;
    CHECK(cuMemAllocAsync(&y, N * sizeof(float), stream));
    for (int i = 0; i < N; i++) pinned[i] = 2;
    CHECK(cuMemcpyHtoDAsync_v2(y, pinned, N * sizeof(float), stream));
    CHECK(cuEventRecord(start, stream));
    CHECK(launch(x, y, N, 3, stream));
    CHECK(cuEventRecord(end, stream));
    CHECK(cuMemcpyDtoHAsync_v2(pinned, y, N * sizeof(float), stream));
    CHECK(cuStreamSynchronize(stream));
    int bad = 0;
    for (int i = 0; i < N; i++) bad += pinned[i] != 3.0f * i + 2;
    float milliseconds = -1;
    CHECK(cuEventElapsedTime(&milliseconds, start, end));
    printf("by pointers: %d wrong, time %s\n", bad, milliseconds > 0 ? "positive" : "not positive");

    uint64_t bias;
    size_t size;
    float one = 1;
    CHECK(cuModuleGetGlobal_v2(&bias, &size, module, "bias"));
    CHECK(cuMemcpyHtoD_v2(bias, &one, sizeof one));
    struct { Problem problem; float scale; } packed = { { x, y, N, 0 }, -3 };
    size_t bytes = offsetof(__typeof__(packed), scale) + sizeof(float);
    void* extra[] = { (void*)1, &packed, (void*)2, &bytes, (void*)0 };
    CHECK(cuLaunchKernel(saxpy, 4, 1, 1, 256, 1, 1, 0, 0, NULL, extra));
    printf("by buffer: %d wrong, variable of %zu bytes\n", wrong(y, 3, 0), size);

    LaunchConfig config = { 4, 1, 1, 256, 1, 1, 0, stream, NULL, 0 };
    Problem problem = { x, y, N, 0 };
    float scale = 1;
    void* arguments[] = { &problem, &scale };
    CHECK(cuLaunchKernelEx(&config, saxpy, arguments, NULL));
    CHECK(cuCtxSynchronize());
    printf("by configuration: %d wrong\n", wrong(y, 4, 1));

    uint64_t device_view, used;
    void* pool;
    CHECK(cuMemHostGetDevicePointer_v2(&device_view, pinned, 0));
    CHECK(launch(x, device_view, N, -3, stream));
    CHECK(cuStreamSynchronize(stream));
    bad = 0;
    for (int i = 0; i < N; i++) bad += pinned[i] != 3;
    printf("in host memory: %d wrong\n", bad);
    CHECK(cuMemcpy(y, (uint64_t)(uintptr_t)pinned, N * sizeof(float)));
    CHECK(cuMemsetD32Async(y, 0x40000000, N / 2, stream));
    CHECK(cuMemcpyDtoD_v2(y + N / 2 * 4, y, N / 2 * 4));
    printf("copied: %d wrong\n", wrong(y, 2, 0));
    CHECK(cuDeviceGetDefaultMemPool(&pool, 0));
    CHECK(cuMemPoolGetAttribute(pool, 7, &used));
    printf("pool: %llu", (unsigned long long)used);
    CHECK(cuMemFreeAsync(y, stream));
    CHECK(cuMemPoolGetAttribute(pool, 7, &used));
    printf(" then %llu\n", (unsigned long long)used);
    CHECK(cuMemFree_v2(x));
    CHECK(cuMemFreeHost(pinned));
    CHECK(cuModuleUnload(module));
    CHECK(cuEventDestroy_v2(start));
    CHECK(cuEventDestroy_v2(end));
    CHECK(cuStreamDestroy_v2(stream));
    CHECK(cuDevicePrimaryCtxRelease_v2(0));
    SHOW(cuCtxSynchronize());
}

static void bad_ptx(const char* path)
{
    char* text = read_file(path);
    char* line = strstr(text, "fma.rn.f32");
    memcpy(line, "fmq.rn.f32", 10);
    char error[512] = "", info[512] = "";
    int options[] = { 3, 4, 5, 6 };
    void* values[] = { info, (void*)sizeof info, error, (void*)sizeof error };
    SHOW(cuModuleLoadDataEx(&module, text, 4, options, values));
    printf("%s%zu bytes, %zu characters\n", error, (size_t)values[3], strlen(error));
    void* no_function = NULL;
    SHOW(cuModuleGetFunction(&no_function, module, "no_such_kernel"));
    SHOW(cuModuleLoadData(&module, "\x7f" "ELF..."));
}

static void out_of_bounds(const char* path)
{
    uint64_t x = filled(0, 1), y = filled(0, 1), z;
    SHOW(launch(x, y, N + 1, 1, 0));
    SHOW(cuCtxSynchronize());
    SHOW(cuMemAlloc_v2(&z, 4));
    CHECK(cuDevicePrimaryCtxReset_v2(0));
    open_device(path);
    x = filled(0, 1), y = filled(0, 1);
    CHECK(launch(x, y, N, 1, 0));
    printf("after reset: %d wrong\n", wrong(y, 0, 2));
    CHECK(cuMemFree_v2(x));
    SHOW(launch(x, y, N, 1, 0));
}

static void race(void)
{
    uint64_t in = filled(0, 1), out = filled(0, 1);
    void* arguments[] = { &in, &out };
    SHOW(cuLaunchKernel(racing, 1, 1, 1, 64, 1, 1, 0, 0, arguments, NULL));
    SHOW(cuCtxSynchronize());
}

static void misuse(void)
{
    void *stream, *event, *other;
    uint64_t x = filled(0, 1), y = filled(0, 1);
    float plain[4] = { 0 };
    CHECK(cuStreamCreate(&stream, 1));
    CHECK(cuEventCreate(&event, 0));
    SHOW(cuMemcpyHtoDAsync_v2(x, plain, sizeof plain, stream));
    CHECK(cuMemcpyHtoDAsync_v2(x, pinned, 64, stream));
    pinned[3] = 42;
    SHOW(cuStreamSynchronize(stream));
    CHECK(cuMemcpyDtoHAsync_v2(pinned, x, 64, stream));
    SHOW(cuMemFreeHost(pinned));
    SHOW(cuMemFree_v2(x + 4));
    CHECK(cuMemFree_v2(x));
    SHOW(cuMemFree_v2(x));
    SHOW(cuMemcpyHtoD_v2(x, plain, sizeof plain));
    SHOW(cuMemcpyHtoD_v2(y + N * 4 - 8, plain, sizeof plain));
    CHECK(cuEventDestroy_v2(event));
    SHOW(cuEventRecord(event, stream));
    CHECK(cuStreamDestroy_v2(stream));
    SHOW(launch(y, y, N, 1, stream));
    SHOW(cuStreamSynchronize((void*)1234));
    SHOW(launch(y, y, 0, 1, 0));
    LaunchConfig config = { 1, 1, 1, 2048, 1, 1, 0, 0, NULL, 0 };
    SHOW(cuLaunchKernelEx(&config, saxpy, NULL, NULL));
    CHECK(cuModuleUnload(module));
    SHOW(launch(y, y, N, 1, 0));
    CHECK(cuCtxCreate_v2(&other, 0, 0));
    SHOW(cuMemFree_v2(y));
    CHECK(cuCtxDestroy_v2(other));
    SHOW(cuCtxSetCurrent(other));
    SHOW(cuMemAlloc_v2(&x, (size_t)1 << 50));
}

static void graph(void)
{
    void *stream, *side, *fork, *join, *captured, *exec;
    int status;
    size_t nodes;
    uint64_t x = filled(0, 1), y = filled(0, 0), z;
    CHECK(cuStreamCreate(&stream, 1));
    CHECK(cuStreamCreate(&side, 1));
    CHECK(cuEventCreate(&fork, 2));
    CHECK(cuEventCreate(&join, 2));
    CHECK(cuStreamBeginCapture_v2(stream, 1));
    CHECK(launch(x, y, N, 1, stream));
    CHECK(cuEventRecord(fork, stream));
    CHECK(cuStreamWaitEvent(side, fork, 0));
    CHECK(launch(x, y, N, 1, side));
    CHECK(cuEventRecord(join, side));
    CHECK(cuStreamWaitEvent(stream, join, 0));
    CHECK(cuStreamIsCapturing(side, &status));
    CHECK(cuStreamEndCapture(stream, &captured));
    CHECK(cuGraphGetNodes(captured, NULL, &nodes));
    CHECK(cuGraphInstantiateWithFlags(&exec, captured, 0));
    CHECK(cuGraphDestroy(captured));
    printf("capturing %d, %zu nodes, before the launch %d wrong\n", status, nodes, wrong(y, 0, 0));
    CHECK(cuGraphLaunch(exec, stream));
    CHECK(cuGraphLaunch(exec, stream));
    CHECK(cuStreamSynchronize(stream));
    printf("after two launches %d wrong\n", wrong(y, 0, 4));
    CHECK(cuStreamBeginCapture_v2(stream, 1));
    SHOW(cuMemAlloc_v2(&z, 4));
    SHOW(launch(x, y, N, 1, stream));
    SHOW(cuStreamEndCapture(stream, &captured));
    CHECK(cuStreamBeginCapture_v2(stream, 2));
    CHECK(cuMemAlloc_v2(&z, 4));
    CHECK(cuEventRecord(fork, stream));
    CHECK(cuStreamWaitEvent(side, fork, 0));
    CHECK(launch(x, y, N, 1, side));
    SHOW(cuStreamEndCapture(stream, &captured));
    CHECK(cuMemFree_v2(x));
    SHOW(cuGraphLaunch(exec, stream));
}

static void blas(void)
{
    enum { M = 5, K = 7, C = 3 };
    float a[M * K], b[K * C], alpha = 2, beta = 0;
    uint16_t a16[M * K], b16[K * C];
    void *handle, *stream;
    uint64_t da, db, dc;
    int version;
    for (int i = 0; i < M * K; i++) a[i] = (float)(i % 5 - 2);
    for (int i = 0; i < K * C; i++) b[i] = (float)(i % 7 - 3);
    CHECK(cuStreamCreate(&stream, 1));
    CHECK(cublasCreate_v2(&handle));
    CHECK(cublasGetVersion_v2(handle, &version));
    CHECK(cublasSetStream_v2(handle, stream));
    CHECK(cuMemAlloc_v2(&da, sizeof a));
    CHECK(cuMemAlloc_v2(&db, sizeof b));
    CHECK(cuMemAlloc_v2(&dc, M * C * sizeof(float)));
    CHECK(cuMemcpyHtoD_v2(da, a, sizeof a));
    CHECK(cuMemcpyHtoD_v2(db, b, sizeof b));
    for (int kind = 0; kind < 2; kind++)
    {
        float c[M * C];
        if (kind == 0) CHECK(cublasSgemm_v2(handle, 0, 0, M, C, K, &alpha, (float*)da, M, (float*)db, K, &beta, (float*)dc, M));
        else
        {
            uint32_t bits;
            for (int i = 0; i < M * K; i++) { memcpy(&bits, &a[i], 4); a16[i] = bits >> 16; }
            for (int i = 0; i < K * C; i++) { memcpy(&bits, &b[i], 4); b16[i] = bits >> 16; }
            CHECK(cuMemcpyHtoD_v2(da, a16, sizeof a16));
            CHECK(cuMemcpyHtoD_v2(db, b16, sizeof b16));
            CHECK(cublasGemmEx(handle, 0, 0, M, C, K, &alpha, (void*)da, 14, M, (void*)db, 14, K, &beta, (void*)dc, 0, M, 68, -1));
        }
        CHECK(cuMemcpyDtoH_v2(c, dc, sizeof c));
        int bad = 0;
        for (int i = 0; i < M; i++)
            for (int j = 0; j < C; j++)
            {
                float sum = 0;
                for (int k = 0; k < K; k++) sum += a[i + k * M] * b[k + j * K];
                bad += c[i + j * M] != 2 * sum;
            }
        printf("product %d: %d wrong\n", kind, bad);
    }
    printf("%d\n", cublasSgemm_v2(handle, 0, 0, M, C, K, &alpha, (float*)da, M - 1, (float*)db, K, &beta, (float*)dc, M));
    printf("%d\n", cublasGemmEx(handle, 0, 0, M, C, K, &alpha, (void*)da, 2, M, (void*)db, 2, K, &beta, (void*)dc, 2, M, 68, -1));
    printf("%d\n", cublasSgemm_v2(handle, 0, 0, M, 30, K, &alpha, (float*)da, M, (float*)db, K, &beta, (float*)dc, M));
    SHOW(cuCtxSynchronize());
}

static void lookup(void)
{
    int status, (*alloc)(uint64_t*, size_t);
    void *cuda = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL), *cublas = dlopen("libcublas.so.12", RTLD_NOW | RTLD_LOCAL);
    printf("one library: %d\n", cuda != NULL && cuda == cublas);
    SHOW(cuGetProcAddress_v2("cuMemAlloc", (void**)&alloc, 12040, 0, &status));
    printf("newest version: %d, status %d\n", (void*)alloc == dlsym(cuda, "cuMemAlloc_v2"), status);
    uint64_t address;
    SHOW(alloc(&address, 16));
    SHOW(cuGetProcAddress_v2("cuNoSuchThing", (void**)&alloc, 12040, 0, &status));
    printf("status %d\n", status);
    void* current = NULL;
    CHECK(cuCtxGetCurrent(&current));
    printf("current: %d, sizes %zu\n", current == context, sizeof(LaunchConfig));
}

static void modules(const char* path)
{
    char* text = read_file(path);
    char error[256] = "";
    int options[] = { 5, 6 };
    void* values[] = { error, (void*)sizeof error };
    void *linker, *image, *linked, *library, *kernel, *function;
    size_t bytes;
    CHECK(cuLinkCreate_v2(2, options, values, &linker));
    SHOW(cuLinkAddData_v2(linker, 1, "no ptx", 7, "first", 0, NULL, NULL));
    printf("%.30s\n", error);
    CHECK(cuLinkAddData_v2(linker, 1, text, strlen(text) + 1, "second", 0, NULL, NULL));
    CHECK(cuLinkComplete(linker, &image, &bytes));
    CHECK(cuModuleLoadData(&linked, image));
    CHECK(cuLinkDestroy(linker));
    CHECK(cuModuleGetFunction(&function, linked, "saxpy"));
    CHECK(cuLibraryLoadData(&library, text, NULL, NULL, 0, NULL, NULL, 0));
    CHECK(cuLibraryGetKernel(&kernel, library, "saxpy"));
    CHECK(cuKernelGetFunction(&function, kernel));
    uint64_t x = filled(0, 1), y = filled(0, 1);
    saxpy = function;
    CHECK(launch(x, y, N, 1, 0));
    printf("of a library: %d wrong, image of %zu bytes\n", wrong(y, 0, 2), bytes - strlen(text));
    CHECK(cuLibraryUnload(library));

    LaunchAttribute attributes[2] = { { 8, 0, { 0 } }, { 4, 0, { 1, 1, 1 } } };
    LaunchConfig config = { 4, 1, 1, 256, 1, 1, 0, 0, attributes, 2 };
    Problem problem = { x, y, N, 0 };
    float scale = 1;
    void* arguments[] = { &problem, &scale };
    CHECK(cuModuleGetFunction(&saxpy, module, "saxpy"));
    SHOW(cuLaunchKernelEx(&config, saxpy, arguments, NULL));
    attributes[1].value[0] = 2;
    SHOW(cuLaunchKernelEx(&config, saxpy, arguments, NULL));

    float rows[3][5], back[3][5];
    uint64_t pitched;
    size_t pitch;
    for (int i = 0; i < 15; i++) rows[i / 5][i % 5] = i;
    CHECK(cuMemAllocPitch_v2(&pitched, &pitch, sizeof rows[0], 3, 4));
    Copy2D to = { 0, 0, 1, rows, 0, 0, sizeof rows[0], 0, 0, 2, 0, pitched, 0, pitch, sizeof rows[0], 3 };
    Copy2D from = { 4, 1, 2, 0, pitched, 0, pitch, 0, 0, 1, back, 0, 0, sizeof back[0], 8, 2 };
    CHECK(cuMemcpy2D_v2(&to));
    CHECK(cuMemcpy2D_v2(&from));
    printf("pitch %zu: %g %g, %g %g\n", pitch, back[0][0], back[0][1], back[1][0], back[1][1]);
    CHECK(cuDevicePrimaryCtxRelease_v2(0));
}

static void* work(void* result)
{
    uint64_t x, address;
    *(int*)result = cuMemAlloc_v2(&address, 4) == 201 ? 0 : N;
    CHECK(cuCtxSetCurrent(context));
    for (int repeat = 0; repeat < 20; repeat++)
    {
        x = filled(1, 1), address = filled(0, 1);
        CHECK(launch(x, address, N, 1, 0));
        *(int*)result += wrong(address, 1, 2);
        CHECK(cuMemFree_v2(x));
        CHECK(cuMemFree_v2(address));
    }
    return NULL;
}

static void threads(void)
{
    pthread_t all[4];
    int results[4];
    for (int i = 0; i < 4; i++) pthread_create(&all[i], NULL, work, &results[i]);
    for (int i = 0; i < 4; i++) pthread_join(all[i], NULL);
    printf("%d %d %d %d\n", results[0], results[1], results[2], results[3]);
}

int main(int count, char** arguments)
{
    const char* part = arguments[1];
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (strcmp(part, "before") == 0)
    {
        uint64_t address;
        SHOW(cuMemAlloc_v2(&address, 4));
        SHOW(cuInit(0));
        SHOW(cuMemAlloc_v2(&address, 4));
        return 0;
    }
    open_device(arguments[2]);
    if (strcmp(part, "run") == 0) run();
    else if (strcmp(part, "bad_ptx") == 0) bad_ptx(arguments[2]);
    else if (strcmp(part, "out_of_bounds") == 0) out_of_bounds(arguments[2]);
    else if (strcmp(part, "race") == 0) race();
    else if (strcmp(part, "misuse") == 0) misuse();
    else if (strcmp(part, "graph") == 0) graph();
    else if (strcmp(part, "blas") == 0) blas();
    else if (strcmp(part, "lookup") == 0) lookup();
    else if (strcmp(part, "modules") == 0) modules(arguments[2]);
    else if (strcmp(part, "threads") == 0) threads();
    else return 2;
    return 0;
}
