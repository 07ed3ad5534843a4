// One warp: D[16, 8] = A[16, 32] B[32, 8] + C, s8 by s8, fragments loaded straight from global memory.
extern "C" __global__ void mma_int8(const signed char* a, const signed char* b, const int* c, int* d)
{
    int lane = threadIdx.x, group = lane / 4, within = lane % 4;
    int fa[4], fb[2], sum[4];
    for (int i = 0; i < 4; i++) fa[i] = *(const int*)&a[(group + i % 2 * 8) * 32 + i / 2 * 16 + within * 4];
    for (int i = 0; i < 2; i++) {
        int word = 0;
        for (int j = 0; j < 4; j++) word |= (b[(i * 16 + within * 4 + j) * 8 + group] & 0xff) << (8 * j);
        fb[i] = word;
    }
    for (int i = 0; i < 4; i++) sum[i] = c[(group + i / 2 * 8) * 8 + within * 2 + i % 2];
    asm("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%10, %11, %12, %13};"
        : "=r"(sum[0]), "=r"(sum[1]), "=r"(sum[2]), "=r"(sum[3])
        : "r"(fa[0]), "r"(fa[1]), "r"(fa[2]), "r"(fa[3]), "r"(fb[0]), "r"(fb[1]), "r"(sum[0]), "r"(sum[1]), "r"(sum[2]), "r"(sum[3]));
    for (int i = 0; i < 4; i++) d[(group + i / 2 * 8) * 8 + within * 2 + i % 2] = sum[i];
}
