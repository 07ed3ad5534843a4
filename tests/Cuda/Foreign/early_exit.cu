// Loops that lanes leave at different times: Collatz steps with break and continue, and a return in the middle.
extern "C" __global__ void early_exit(const unsigned* x, int* steps, int count, int limit)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= count) return;
    unsigned long long n = x[i];
    int s = 0;
    while (true) {
        if (n == 1) break;
        if (s >= limit) {
            steps[i] = -1;
            return;
        }
        s++;
        if (n % 2 == 0) {
            n /= 2;
            continue;
        }
        n = 3 * n + 1;
    }
    steps[i] = s;
}
