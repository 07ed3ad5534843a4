// Pointers that may lie in shared, global or local memory: generic loads and stores.
__device__ __noinline__ int walk(const int* next, int start, int steps)
{
    for (int i = 0; i < steps; i++) start = next[start];
    return start;
}

extern "C" __global__ void pointer_chase(const int* links, int* y, int count)
{
    __shared__ int shared[64];
    int local[8];
    for (int i = threadIdx.x; i < count; i += blockDim.x) shared[i] = links[i];
    for (int i = 0; i < 8; i++) local[i] = (i * 3 + threadIdx.x) & 7;
    __syncthreads();
    const int* where = threadIdx.x % 3 == 0 ? shared : threadIdx.x % 3 == 1 ? links : local;
    y[threadIdx.x] = walk(where, threadIdx.x & 7, 5);
}
