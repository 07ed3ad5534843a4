// Points in a quarter circle, counted with 64-bit atomics, and the largest product seen.
__device__ unsigned next_random(unsigned long long* state)
{
    unsigned long long x = *state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *state = x;
    return (unsigned)((x * 0x2545f4914f6cdd1dULL) >> 32);
}

extern "C" __global__ void xorshift(unsigned long long seed, int rounds, unsigned long long* inside, int* largest)
{
    unsigned long long state = seed + (blockIdx.x * blockDim.x + threadIdx.x + 1) * 0x9e3779b97f4a7c15ULL;
    unsigned hits = 0;
    int top = -2147483647;
    for (int i = 0; i < rounds; i++) {
        float x = next_random(&state) * 2.3283064e-10f, y = next_random(&state) * 2.3283064e-10f;
        if (__fadd_rn(__fmul_rn(x, x), __fmul_rn(y, y)) < 1.0f) hits++;
        top = max(top, (int)next_random(&state));
    }
    atomicAdd(inside, (unsigned long long)hits);
    atomicMax(largest, top);
}
