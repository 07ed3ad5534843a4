// Keeps the positive numbers: one atomic per warp reserves the places, the ballot orders the lanes.
extern "C" __global__ void compaction(const int* x, int count, int* kept, int* size)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x, lane = threadIdx.x & 31;
    bool keep = i < count && x[i] > 0;
    unsigned ballot = __ballot_sync(0xffffffffu, keep);
    int base = 0;
    if (lane == 0 && ballot != 0) base = atomicAdd(size, __popc(ballot));
    base = __shfl_sync(0xffffffffu, base, 0);
    if (keep) kept[base + __popc(ballot & ((1u << lane) - 1))] = x[i];
}

// The same with whichever lanes are active, and a leader who is not lane 0.
extern "C" __global__ void compaction_active(const int* x, int count, int* kept, int* size)
{
    for (int i = threadIdx.x; i < count; i += blockDim.x) {
        if (x[i] <= 0) continue;
        unsigned active = __activemask();
        int leader = __ffs(active) - 1, lane = threadIdx.x & 31, base;
        if (lane == leader) base = atomicAdd(size, __popc(active));
        base = __shfl_sync(active, base, leader);
        kept[base + __popc(active & ((1u << lane) - 1))] = x[i];
    }
}
