// y = a x + y by vectors of four, the tail one by one.
extern "C" __global__ void grid_stride(float a, const float* x, float* y, long long count)
{
    long long stride = (long long)gridDim.x * blockDim.x, first = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    for (long long i = first; i < count / 4; i += stride) {
        float4 u = ((const float4*)x)[i], v = ((float4*)y)[i];
        v.x += a * u.x;
        v.y += a * u.y;
        v.z += a * u.z;
        v.w += a * u.w;
        ((float4*)y)[i] = v;
    }
    for (long long i = count / 4 * 4 + first; i < count; i += stride) y[i] += a * x[i];
}
