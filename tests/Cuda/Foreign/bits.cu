extern "C" __global__ void bits(const unsigned* x, unsigned* y, int count)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= count) return;
    unsigned a = x[i], b = x[(i + 1) % count];
    unsigned long long w = ((unsigned long long)a << 32) | b;
    y[i] = __popc(a) + 100 * __clz(a) + 10000 * __ffs(b);
    y[count + i] = __brev(a);
    y[2 * count + i] = __byte_perm(a, b, b & 0x7777);
    y[3 * count + i] = __funnelshift_l(a, b, a & 63);
    y[4 * count + i] = __funnelshift_rc(a, b, b & 63);
    y[5 * count + i] = __popcll(w) + 100 * __clzll(w) + 10000 * __ffsll(w);
    y[6 * count + i] = (unsigned)(__brevll(w) >> 17);
    y[7 * count + i] = __mulhi((int)a, (int)b) ^ __umulhi(a, b);
    y[8 * count + i] = (unsigned)__umul64hi(w, w ^ 0x123456789abcdefULL);
    y[9 * count + i] = __sad((int)a, (int)b, 7u) + __usad(a, b, 9u);
    y[10 * count + i] = __uhadd(a, b) + __hadd((int)a, (int)b);
    y[11 * count + i] = (a >> (b & 31)) | (a << ((32 - b) & 31));
    y[12 * count + i] = (unsigned)(((int)a >> 5) * 3) ^ (a >> 13 & 0x1ff);
    y[13 * count + i] = __float_as_uint(__uint_as_float((a & 0x3fffffff) | 0x20000000) * 2.0f);
}
