extern "C" __global__ void divide64(const long long* x, long long* y, int count)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= count) return;
    long long a = x[i], b = x[(i + 1) % count] | 1;
    unsigned long long ua = a, ub = b;
    int sa = (int)a, sb = (int)(b >> 17) | 1;
    y[i] = a / b;
    y[count + i] = a % b;
    y[2 * count + i] = ua / ub;
    y[3 * count + i] = ua % ub;
    y[4 * count + i] = sa / sb + (long long)(sa % sb) * 3;
    y[5 * count + i] = ua / 1000000007ULL + ua % 10;
    y[6 * count + i] = (unsigned)sa / 7u + (sa / -13) + sa % 60;
    y[7 * count + i] = ((short)a / (short)(b & 0xff | 1)) * 5 + (unsigned char)a % 9;
}
