// Conversions of half and bfloat16 without their headers.
__device__ unsigned short to_half(float x) { unsigned short h; asm("cvt.rn.f16.f32 %0, %1;" : "=h"(h) : "f"(x)); return h; }
__device__ float from_half(unsigned short h) { float x; asm("cvt.f32.f16 %0, %1;" : "=f"(x) : "h"(h)); return x; }
__device__ unsigned short to_bfloat(float x) { unsigned short h; asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(h) : "f"(x)); return h; }
__device__ unsigned pack(float low, float high) { unsigned r; asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(r) : "f"(high), "f"(low)); return r; }
__device__ float from_bfloat(unsigned short h) { return __uint_as_float((unsigned)h << 16); }

extern "C" __global__ void convert_half(const float* x, unsigned short* half, unsigned short* bfloat, unsigned* packed, float* sum, int count)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= count) return;
    half[i] = to_half(x[i]);
    bfloat[i] = to_bfloat(x[i]);
    packed[i] = pack(x[i], x[(i + 1) % count]);
    unsigned short product;
    asm("{ .reg .f16 a, b, c; mov.b16 a, %1; mov.b16 b, %2; mul.rn.f16 c, a, b; fma.rn.f16 c, a, b, c; mov.b16 %0, c; }" : "=h"(product) : "h"(half[i]), "h"(to_half(1.5f)));
    sum[i] = from_half(product) + from_bfloat(bfloat[i]);
}
