// Functions whose compiled form has slow paths, tables in const memory and local arrays.
extern "C" __global__ void special_double(const double* x, double* y, int count)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= count) return;
    double v = x[i];
    y[i] = sin(v);
    y[count + i] = exp(v * 0.125);
    y[2 * count + i] = log(fabs(v) + 1e-3);
    y[3 * count + i] = erf(v * 0.25);
    y[4 * count + i] = tgamma(fabs(v) * 0.01 + 0.5);
    y[5 * count + i] = pow(fabs(v) + 0.1, 1.7);
    y[6 * count + i] = cos(v * 1e9);
    y[7 * count + i] = atan2(v, 2.0);
    y[8 * count + i] = sqrt(fabs(v)) + cbrt(v);
    y[9 * count + i] = fmod(v, 0.7);
}
