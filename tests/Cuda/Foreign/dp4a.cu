extern "C" __global__ void dp4a(const int* a, const int* b, int* y, int words)
{
    int sum = 0;
    unsigned unsigned_sum = 5;
    for (int i = threadIdx.x; i < words; i += blockDim.x) {
        sum = __dp4a(a[i], b[i], sum);
        unsigned_sum = __dp4a((unsigned)a[i], (unsigned)b[i], unsigned_sum);
        sum = __dp2a_lo(a[i], b[i], sum);
    }
    y[threadIdx.x] = sum;
    y[blockDim.x + threadIdx.x] = unsigned_sum;
    y[2 * blockDim.x + threadIdx.x] = __reduce_add_sync(0xffffffffu, sum & 0xffff) + __reduce_max_sync(0xffffffffu, sum);
}
