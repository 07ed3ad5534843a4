// Sorts 256 keys with their values in shared memory.
extern "C" __global__ void bitonic(unsigned* keys, unsigned short* values)
{
    __shared__ unsigned key[256];
    __shared__ unsigned short value[256];
    int i = threadIdx.x;
    key[i] = keys[blockIdx.x * 256 + i];
    value[i] = values[blockIdx.x * 256 + i];
    for (int size = 2; size <= 256; size <<= 1)
        for (int stride = size >> 1; stride > 0; stride >>= 1) {
            __syncthreads();
            int other = i ^ stride;
            if (other > i && (key[i] > key[other]) == ((i & size) == 0)) {
                unsigned k = key[i];
                key[i] = key[other];
                key[other] = k;
                unsigned short v = value[i];
                value[i] = value[other];
                value[other] = v;
            }
        }
    __syncthreads();
    keys[blockIdx.x * 256 + i] = key[i];
    values[blockIdx.x * 256 + i] = value[i];
}
