// The second warp waits for the first on a flag in shared memory; no barrier.
extern "C" __global__ void volatile_flag(const int* x, int* y)
{
    __shared__ int data[32];
    __shared__ volatile int ready;
    if (threadIdx.x == 0) ready = 0;
    __syncthreads();
    int lane = threadIdx.x & 31;
    if (threadIdx.x < 32) {
        data[lane] = x[lane] * 3;
        __threadfence_block();
        __syncwarp();
        if (lane == 0) {
            __threadfence_block();
            ready = 1;
        }
    } else {
        if (lane == 0) {
            while (ready == 0) {}
            __threadfence_block();
        }
        __syncwarp();
        y[lane] = data[31 - lane];
    }
}
