// Gauss-Jordan with row exchange, one matrix per thread.
extern "C" __global__ void inverse4x4(const double* x, double* y, int count)
{
    int thread = blockIdx.x * blockDim.x + threadIdx.x;
    if (thread >= count) return;
    double a[4][8];
    for (int r = 0; r < 4; r++)
        for (int c = 0; c < 4; c++) {
            a[r][c] = x[thread * 16 + r * 4 + c];
            a[r][c + 4] = r == c;
        }
    for (int p = 0; p < 4; p++) {
        int best = p;
        for (int r = p + 1; r < 4; r++)
            if (fabs(a[r][p]) > fabs(a[best][p])) best = r;
        for (int c = 0; c < 8; c++) {
            double t = a[p][c];
            a[p][c] = a[best][c];
            a[best][c] = t;
        }
        double inverse = 1.0 / a[p][p];
        for (int c = 0; c < 8; c++) a[p][c] *= inverse;
        for (int r = 0; r < 4; r++) {
            if (r == p) continue;
            double f = a[r][p];
            for (int c = 0; c < 8; c++) a[r][c] -= f * a[p][c];
        }
    }
    for (int r = 0; r < 4; r++)
        for (int c = 0; c < 4; c++) y[thread * 16 + r * 4 + c] = a[r][c + 4];
}
