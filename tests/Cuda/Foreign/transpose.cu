// 32 by 32 tiles, padded against bank conflicts, 8 rows of threads.
extern "C" __global__ void transpose(const double* x, double* y, int rows, int columns)
{
    __shared__ double tile[32][33];
    int column = blockIdx.x * 32 + threadIdx.x, row = blockIdx.y * 32 + threadIdx.y;
    for (int i = 0; i < 32; i += 8)
        if (row + i < rows && column < columns) tile[threadIdx.y + i][threadIdx.x] = x[(size_t)(row + i) * columns + column];
    __syncthreads();
    column = blockIdx.y * 32 + threadIdx.x;
    row = blockIdx.x * 32 + threadIdx.y;
    for (int i = 0; i < 32; i += 8)
        if (row + i < columns && column < rows) y[(size_t)(row + i) * rows + column] = tile[threadIdx.x][threadIdx.y + i];
}
