// Largest float and sum of doubles by compare-and-swap loops.
__device__ void atomic_max(float* address, float value)
{
    int* as_int = (int*)address;
    int old = *(volatile int*)as_int;
    while (__int_as_float(old) < value) {
        int seen = atomicCAS(as_int, old, __float_as_int(value));
        if (seen == old) break;
        old = seen;
    }
}

__device__ void atomic_add(double* address, double value)
{
    unsigned long long* bits = (unsigned long long*)address;
    unsigned long long old = *(volatile unsigned long long*)bits, seen;
    do {
        seen = old;
        old = atomicCAS(bits, seen, (unsigned long long)__double_as_longlong(value + __longlong_as_double(seen)));
    } while (old != seen);
}

extern "C" __global__ void cas_loop(const float* x, int count, float* largest, double* sum)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= count) return;
    atomic_max(largest, x[i]);
    atomic_add(sum, (double)x[i]);
}
