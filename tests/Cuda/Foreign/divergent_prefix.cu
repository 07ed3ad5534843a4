// Halves of a warp go different ways and shuffle among themselves; then they meet again.
extern "C" __global__ void divergent_prefix(const int* x, int* y)
{
    int lane = threadIdx.x & 31, i = blockIdx.x * blockDim.x + threadIdx.x, v = x[i];
    if (lane < 16) {
        for (int d = 1; d < 16; d *= 2) {
            int other = __shfl_up_sync(0x0000ffffu, v, d, 16);
            if (lane >= d) v += other;
        }
    } else {
        for (int d = 1; d < 16; d *= 2) {
            int other = __shfl_up_sync(0xffff0000u, v, d, 16);
            if (lane - 16 >= d) v = max(v, other);
        }
    }
    __syncwarp();
    int swapped = __shfl_xor_sync(0xffffffffu, v, 16);
    if (lane % 3 == 0) v += swapped; else if (lane % 3 == 1) v -= swapped; else v ^= swapped;
    y[i] = v;
}
