// Accelerations of bodies by tiles in shared memory.
extern "C" __global__ void nbody(const float4* bodies, float4* accelerations, int count)
{
    __shared__ float4 tile[64];
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    float4 me = bodies[i < count ? i : 0];
    float ax = 0, ay = 0, az = 0;
    for (int first = 0; first < count; first += blockDim.x) {
        if (first + threadIdx.x < count) tile[threadIdx.x] = bodies[first + threadIdx.x];
        __syncthreads();
        int n = min((int)blockDim.x, count - first);
#pragma unroll 4
        for (int j = 0; j < n; j++) {
            float dx = tile[j].x - me.x, dy = tile[j].y - me.y, dz = tile[j].z - me.z;
            float inverse = rsqrtf(dx * dx + dy * dy + dz * dz + 0.01f);
            float f = tile[j].w * inverse * inverse * inverse;
            ax += dx * f;
            ay += dy * f;
            az += dz * f;
        }
        __syncthreads();
    }
    if (i < count) accelerations[i] = make_float4(ax, ay, az, 0);
}
