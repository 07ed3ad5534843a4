// Forward and derivative with fast intrinsics beside the exact functions.
extern "C" __global__ void gelu(const float* x, float* y, float* slope, float* fast, int count)
{
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < count; i += gridDim.x * blockDim.x) {
        float v = x[i], cdf = 0.5f * (1.0f + erff(v * 0.70710678f));
        y[i] = v * cdf;
        slope[i] = cdf + v * 0.39894228f * __expf(-0.5f * v * v);
        fast[i] = __fdividef(v, 1.0f + __expf(-1.702f * v));
    }
}
