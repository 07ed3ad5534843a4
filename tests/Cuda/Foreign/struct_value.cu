// Structures by value: as kernel parameter, as arguments and results of functions, in arrays in shared memory.
struct Pair { int a; float b; };
struct Vector { double x, y, z; int tag; };

__device__ __noinline__ Vector cross(Vector a, Vector b)
{
    Vector r;
    r.x = a.y * b.z - a.z * b.y;
    r.y = a.z * b.x - a.x * b.z;
    r.z = a.x * b.y - a.y * b.x;
    r.tag = a.tag * 100 + b.tag;
    return r;
}

__device__ __noinline__ Pair scale(Pair p, Vector v)
{
    Pair r = { p.a + v.tag, p.b * (float)v.z };
    return r;
}

extern "C" __global__ void struct_value(Pair p, const Vector* in, Vector* out, Pair* pairs, int count)
{
    __shared__ Vector shared[64];
    int i = threadIdx.x;
    shared[i] = in[i < count ? i : 0];
    __syncthreads();
    Vector v = cross(shared[i], shared[(i + 1) % blockDim.x]);
    if (i < count) {
        out[i] = v;
        pairs[i] = scale(p, v);
    }
}
