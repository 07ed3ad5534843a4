// Inclusive scan of a block's part: shuffles in each warp, then the warps' totals.
extern "C" __global__ void scan(const int* x, int* y, int* totals, int count)
{
    __shared__ int sums[32];
    int i = blockIdx.x * blockDim.x + threadIdx.x, lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
    int value = i < count ? x[i] : 0;
    for (int d = 1; d < 32; d <<= 1) {
        int other = __shfl_up_sync(0xffffffffu, value, d);
        if (lane >= d) value += other;
    }
    if (lane == 31) sums[warp] = value;
    __syncthreads();
    if (warp == 0) {
        int total = lane < blockDim.x / 32 ? sums[lane] : 0;
        for (int d = 1; d < 32; d <<= 1) {
            int other = __shfl_up_sync(0xffffffffu, total, d);
            if (lane >= d) total += other;
        }
        sums[lane] = total;
    }
    __syncthreads();
    if (warp > 0) value += sums[warp - 1];
    if (i < count) y[i] = value;
    if (threadIdx.x == blockDim.x - 1) totals[blockIdx.x] = value;
}

// The textbook form with two buffers in dynamic shared memory.
extern "C" __global__ void scan_hillis_steele(const int* x, int* y, int count)
{
    extern __shared__ int buffer[];
    int out = 0, in = 1, i = threadIdx.x, n = blockDim.x;
    buffer[i] = i < count ? x[i] : 0;
    __syncthreads();
    for (int d = 1; d < n; d *= 2) {
        out = 1 - out;
        in = 1 - out;
        buffer[out * n + i] = i >= d ? buffer[in * n + i] + buffer[in * n + i - d] : buffer[in * n + i];
        __syncthreads();
    }
    if (i < count) y[i] = buffer[out * n + i];
}
