// Seven-point average in three dimensions, blocks of 8 by 4 by 4.
extern "C" __global__ void stencil3d(const float* x, float* y, int nx, int ny, int nz)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x, j = blockIdx.y * blockDim.y + threadIdx.y, k = blockIdx.z * blockDim.z + threadIdx.z;
    if (i >= nx || j >= ny || k >= nz) return;
    int at = (k * ny + j) * nx + i;
    float sum = x[at] * 6.0f;
    sum -= x[i > 0 ? at - 1 : at] + x[i < nx - 1 ? at + 1 : at];
    sum -= x[j > 0 ? at - nx : at] + x[j < ny - 1 ? at + nx : at];
    sum -= x[k > 0 ? at - nx * ny : at] + x[k < nz - 1 ? at + nx * ny : at];
    y[at] = sum;
}
