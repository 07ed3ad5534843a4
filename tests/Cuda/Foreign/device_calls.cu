// Calls that stay calls: results by value, by pointer to local memory, through several levels, with divergent lanes.
__device__ __noinline__ unsigned gcd(unsigned a, unsigned b)
{
    while (b != 0) {
        unsigned t = a % b;
        a = b;
        b = t;
    }
    return a;
}

__device__ __noinline__ void divide(int a, int b, int* quotient, int* rest)
{
    *quotient = a / b;
    *rest = a % b;
}

__device__ __noinline__ long long mixed(char a, short b, int c, long long d, float e, double f)
{
    return a + b * 3 + c * 5 + d * 7 + (long long)(e * 11) + (long long)(f * 13);
}

__device__ __noinline__ int odd_even(int n, int x) { return n & 1 ? (int)gcd(n, x) : x - n; }

extern "C" __global__ void device_calls(const int* x, long long* y, int count)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= count) return;
    int quotient, rest;
    divide(x[i], 7, &quotient, &rest);
    long long sum = quotient * 1000 + rest;
    if (x[i] % 3 != 0) sum += gcd(x[i], 360);
    for (int j = 0; j < (i & 3); j++) sum += odd_even(i + j, x[i]);
    y[i] = sum + mixed((char)x[i], (short)(x[i] * 3), x[i] * 9, x[i] * 100000LL, x[i] * 0.5f, x[i] * 0.25);
}
