// One row per block: online over the columns of a thread, then over the warp, then over the block.
#define INFINITY __int_as_float(0x7f800000)
__device__ float warp_max(float x)
{
    for (int i = 16; i > 0; i /= 2) x = fmaxf(x, __shfl_xor_sync(0xffffffffu, x, i));
    return x;
}

__device__ float warp_sum(float x)
{
    for (int i = 16; i > 0; i /= 2) x += __shfl_xor_sync(0xffffffffu, x, i);
    return x;
}

extern "C" __global__ void softmax(const float* x, float* y, int columns)
{
    __shared__ float shared[8];
    const float* row = x + (long long)blockIdx.x * columns;
    int warp = threadIdx.x / 32, lane = threadIdx.x % 32, warps = blockDim.x / 32;
    float top = -INFINITY;
    for (int c = threadIdx.x; c < columns; c += blockDim.x) top = fmaxf(top, row[c]);
    top = warp_max(top);
    if (lane == 0) shared[warp] = top;
    __syncthreads();
    top = shared[0];
    for (int i = 1; i < warps; i++) top = fmaxf(top, shared[i]);
    __syncthreads();
    float sum = 0;
    for (int c = threadIdx.x; c < columns; c += blockDim.x) sum += expf(row[c] - top);
    sum = warp_sum(sum);
    if (lane == 0) shared[warp] = sum;
    __syncthreads();
    sum = 0;
    for (int i = 0; i < warps; i++) sum += shared[i];
    for (int c = threadIdx.x; c < columns; c += blockDim.x) y[(long long)blockIdx.x * columns + c] = expf(row[c] - top) / sum;
}
