// CRC-32 of messages, one per thread; the table is made in shared memory by the block.
extern "C" __global__ void crc32(const unsigned char* messages, const int* starts, unsigned* crcs, int count)
{
    __shared__ unsigned table[256];
    for (int i = threadIdx.x; i < 256; i += blockDim.x) {
        unsigned c = i;
        for (int k = 0; k < 8; k++) c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
        table[i] = c;
    }
    __syncthreads();
    int m = blockIdx.x * blockDim.x + threadIdx.x;
    if (m >= count) return;
    unsigned crc = ~0u;
    for (int i = starts[m]; i < starts[m + 1]; i++) crc = table[(crc ^ messages[i]) & 0xff] ^ (crc >> 8);
    crcs[m] = ~crc;
}
