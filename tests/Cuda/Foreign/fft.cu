// 64 points per block, radix 2, decimation in time, in shared memory.
extern "C" __global__ void fft(const float2* x, float2* y)
{
    __shared__ float2 data[64];
    int i = threadIdx.x;
    data[__brev(i) >> 26] = x[blockIdx.x * 64 + i];
    __syncthreads();
    for (int half = 1; half < 64; half <<= 1) {
        float2 a, b;
        int position = i & (half - 1), low = (i / half) * 2 * half + position;
        if (i < 32) {
            float sine, cosine;
            sincosf(-3.14159265f * position / half, &sine, &cosine);
            a = data[low];
            b = data[low + half];
            b = make_float2(b.x * cosine - b.y * sine, b.x * sine + b.y * cosine);
        }
        __syncthreads();
        if (i < 32) {
            data[low] = make_float2(a.x + b.x, a.y + b.y);
            data[low + half] = make_float2(a.x - b.x, a.y - b.y);
        }
        __syncthreads();
    }
    y[blockIdx.x * 64 + i] = data[i];
}
