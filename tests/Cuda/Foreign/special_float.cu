extern "C" __global__ void special_float(const float* x, float* y, int count)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= count) return;
    float v = x[i];
    y[i] = sinf(v);
    y[count + i] = cosf(v * 40000.0f);
    y[2 * count + i] = expf(v);
    y[3 * count + i] = powf(fabsf(v) + 0.5f, 2.3f);
    y[4 * count + i] = logf(fabsf(v) + 0.01f);
    y[5 * count + i] = tanhf(v);
    y[6 * count + i] = erff(v);
    y[7 * count + i] = atanf(v);
    y[8 * count + i] = log1pf(fabsf(v));
    y[9 * count + i] = exp2f(v);
    y[10 * count + i] = fmodf(v, 0.3f);
    y[11 * count + i] = rintf(v * 3.0f) + floorf(v) + ceilf(v) + truncf(v * 1.5f) + roundf(v * 2.5f);
}
