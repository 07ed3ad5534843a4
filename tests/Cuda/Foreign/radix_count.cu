// Counts of 16 digits, one counter column per thread, packed in bytes; then the block's totals.
extern "C" __global__ void radix_count(const unsigned* keys, int count, int shift, unsigned* totals)
{
    __shared__ unsigned char counters[16][64];
    for (int d = 0; d < 16; d++) counters[d][threadIdx.x] = 0;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < count; i += gridDim.x * blockDim.x) counters[keys[i] >> shift & 15][threadIdx.x]++;
    __syncthreads();
    if (threadIdx.x < 16) {
        unsigned sum = 0;
        for (int t = 0; t < 64; t++) sum += counters[threadIdx.x][t];
        totals[threadIdx.x * gridDim.x + blockIdx.x] = sum;
    }
}
