// Two arrays carved from dynamic shared memory, of different types; each block reverses its part and counts its signs.
extern __shared__ unsigned char memory[];

extern "C" __global__ void dynamic_shared(const double* x, double* y, int* negatives)
{
    double* values = (double*)memory;
    short* signs = (short*)(memory + blockDim.x * sizeof(double));
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    values[threadIdx.x] = x[i];
    signs[threadIdx.x] = x[i] < 0;
    __syncthreads();
    y[i] = values[blockDim.x - 1 - threadIdx.x];
    if (threadIdx.x == 0) {
        int sum = 0;
        for (int t = 0; t < blockDim.x; t++) sum += signs[t];
        negatives[blockIdx.x] = sum;
    }
}
