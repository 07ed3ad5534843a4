// 5 by 5 filter in const memory over a tile with its halo in shared memory.
__constant__ float filter[5][5] = {
    { 1, 4, 6, 4, 1 }, { 4, 16, 24, 16, 4 }, { 6, 24, 36, 24, 6 }, { 4, 16, 24, 16, 4 }, { 1, 4, 6, 4, 1 } };

extern "C" __global__ void convolution(const unsigned char* image, float* result, int width, int height)
{
    __shared__ float tile[12][20];
    int x0 = blockIdx.x * 16 - 2, y0 = blockIdx.y * 8 - 2;
    for (int i = threadIdx.y * 16 + threadIdx.x; i < 12 * 20; i += 128) {
        int x = x0 + i % 20, y = y0 + i / 20;
        tile[i / 20][i % 20] = x >= 0 && x < width && y >= 0 && y < height ? image[y * width + x] : 0;
    }
    __syncthreads();
    int x = blockIdx.x * 16 + threadIdx.x, y = blockIdx.y * 8 + threadIdx.y;
    if (x >= width || y >= height) return;
    float sum = 0;
#pragma unroll
    for (int r = 0; r < 5; r++)
#pragma unroll
        for (int c = 0; c < 5; c++) sum += filter[r][c] * tile[threadIdx.y + r][threadIdx.x + c];
    result[y * width + x] = sum / 256.0f;
}
