// Every thread sorts 24 numbers in an array that is indexed at run time, so it lives in local memory.
extern "C" __global__ void local_array(const int* x, int* y)
{
    int values[24];
    const int* mine = x + (blockIdx.x * blockDim.x + threadIdx.x) * 24;
    for (int i = 0; i < 24; i++) {
        int v = mine[i], at = i;
        while (at > 0 && values[at - 1] > v) {
            values[at] = values[at - 1];
            at--;
        }
        values[at] = v;
    }
    for (int i = 0; i < 24; i++) y[(blockIdx.x * blockDim.x + threadIdx.x) * 24 + i] = values[i];
}
