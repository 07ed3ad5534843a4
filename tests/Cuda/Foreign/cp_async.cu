// Dot products of rows with a vector; tiles of the row are copied to shared memory three stages ahead.
#define STAGES 3
#define TILE 256
__device__ __forceinline__ void copy16(void* to, const void* from)
{
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"((unsigned)__cvta_generic_to_shared(to)), "l"(from) : "memory");
}

extern "C" __global__ void cp_async(const float* matrix, const float* vector, float* result, int columns)
{
    __shared__ __align__(16) float stage[STAGES][TILE];
    __shared__ float partial[2];
    const float* row = matrix + blockIdx.x * columns;
    int tiles = columns / TILE;
    for (int t = 0; t < STAGES - 1; t++) {
        if (t < tiles) copy16(&stage[t][threadIdx.x * 4], row + t * TILE + threadIdx.x * 4);
        asm volatile("cp.async.commit_group;");
    }
    float sum = 0;
    for (int t = 0; t < tiles; t++) {
        asm volatile("cp.async.wait_group %0;" ::"n"(STAGES - 2) : "memory");
        __syncthreads();
        int next = t + STAGES - 1;
        if (next < tiles) copy16(&stage[next % STAGES][threadIdx.x * 4], row + next * TILE + threadIdx.x * 4);
        asm volatile("cp.async.commit_group;");
        for (int i = 0; i < 4; i++) sum += stage[t % STAGES][i * 64 + threadIdx.x] * vector[t * TILE + i * 64 + threadIdx.x];
    }
    for (int i = 16; i > 0; i /= 2) sum += __shfl_down_sync(0xffffffffu, sum, i);
    if (threadIdx.x % 32 == 0) partial[threadIdx.x / 32] = sum;
    __syncthreads();
    if (threadIdx.x == 0) result[blockIdx.x] = partial[0] + partial[1];
}
