// C[m, n] = A[m, k] B[k, n], bf16 in, f32 out, row-major. A block of 4 warps makes a 32 by 32 tile; operands go through shared memory and ldmatrix.
__device__ __forceinline__ unsigned shared_address(const void* p) { return (unsigned)__cvta_generic_to_shared(p); }

extern "C" __global__ void mma_bf16(const unsigned short* a, const unsigned short* b, float* c, int n, int k)
{
    __shared__ __align__(16) unsigned short as[32][24];
    __shared__ __align__(16) unsigned short bs[16][40];
    int lane = threadIdx.x & 31, warp = threadIdx.x >> 5;
    int warp_row = (warp >> 1) * 16, warp_column = (warp & 1) * 16;
    float sum[2][4] = {};
    for (int first = 0; first < k; first += 16) {
        for (int i = threadIdx.x; i < 32 * 2; i += 128) {
            int row = i / 2, part = i % 2;
            *(uint4*)&as[row][part * 8] = *(const uint4*)&a[(blockIdx.y * 32 + row) * k + first + part * 8];
        }
        for (int i = threadIdx.x; i < 16 * 4; i += 128) {
            int row = i / 4, part = i % 4;
            *(uint4*)&bs[row][part * 8] = *(const uint4*)&b[(first + row) * n + blockIdx.x * 32 + part * 8];
        }
        __syncthreads();
        unsigned fa[4], fb[4];
        asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
            : "=r"(fa[0]), "=r"(fa[1]), "=r"(fa[2]), "=r"(fa[3])
            : "r"(shared_address(&as[warp_row + lane % 16][lane / 16 * 8])));
        asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
            : "=r"(fb[0]), "=r"(fb[1]), "=r"(fb[2]), "=r"(fb[3])
            : "r"(shared_address(&bs[lane % 16][warp_column + lane / 16 * 8])));
        for (int j = 0; j < 2; j++)
            asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                : "+f"(sum[j][0]), "+f"(sum[j][1]), "+f"(sum[j][2]), "+f"(sum[j][3])
                : "r"(fa[0]), "r"(fa[1]), "r"(fa[2]), "r"(fa[3]), "r"(fb[2 * j]), "r"(fb[2 * j + 1]));
        __syncthreads();
    }
    int row = blockIdx.y * 32 + warp_row + lane / 4, column = blockIdx.x * 32 + warp_column + lane % 4 * 2;
    for (int j = 0; j < 2; j++) {
        *(float2*)&c[row * n + column + 8 * j] = make_float2(sum[j][0], sum[j][1]);
        *(float2*)&c[(row + 8) * n + column + 8 * j] = make_float2(sum[j][2], sum[j][3]);
    }
}
