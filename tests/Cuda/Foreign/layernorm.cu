// y = (x - mean) / sqrt(var + eps) * weight + bias, one warp per row, four columns at a time.
extern "C" __global__ void layernorm(const float4* x, const float4* weight, const float4* bias, float4* y, int rows, int columns4, float eps)
{
    int row = blockIdx.x * blockDim.y + threadIdx.y;
    if (row >= rows) return;
    float sum = 0, squares = 0;
    for (int c = threadIdx.x; c < columns4; c += 32) {
        float4 v = x[row * columns4 + c];
        sum += v.x + v.y + v.z + v.w;
        squares += v.x * v.x + v.y * v.y + v.z * v.z + v.w * v.w;
    }
    for (int i = 1; i < 32; i <<= 1) {
        sum += __shfl_xor_sync(~0u, sum, i);
        squares += __shfl_xor_sync(~0u, squares, i);
    }
    float mean = sum / (4 * columns4), rstd = rsqrtf(squares / (4 * columns4) - mean * mean + eps);
    for (int c = threadIdx.x; c < columns4; c += 32) {
        float4 v = x[row * columns4 + c], w = __ldg(weight + c), b = __ldg(bias + c);
        v.x = (v.x - mean) * rstd * w.x + b.x;
        v.y = (v.y - mean) * rstd * w.y + b.y;
        v.z = (v.z - mean) * rstd * w.z + b.z;
        v.w = (v.w - mean) * rstd * w.w + b.w;
        y[row * columns4 + c] = v;
    }
}
