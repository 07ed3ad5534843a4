// Polynomials from tables in const memory, one chosen at run time; a device variable with an initial value.
__constant__ float coefficients[4][3] = { { 1, 2, 3 }, { -1, 0.5f, 0.25f }, { 0, 0, 7 }, { 3, -2, 1 } };
__constant__ const char names[] = "constant";
__device__ int offsets[4] = { 10, 20, 30, 40 };

extern "C" __global__ void constant_table(const float* x, const int* which, float* y, int* text, int count)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= count) return;
    int w = which[i] & 3;
    y[i] = coefficients[w][0] + x[i] * (coefficients[w][1] + x[i] * coefficients[w][2]) + offsets[w];
    text[i] = names[i % 8];
}
