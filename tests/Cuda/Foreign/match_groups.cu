// Lanes with the same key add once: match finds them, the lowest lane adds their number.
extern "C" __global__ void match_groups(const int* keys, int* counts, int* same, int count)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count) {
        unsigned here = __ballot_sync(__activemask(), 1);
        unsigned peers = __match_any_sync(here, keys[i]);
        if (__ffs(peers) - 1 == (threadIdx.x & 31)) atomicAdd(&counts[keys[i]], __popc(peers));
        int all;
        __match_all_sync(here, keys[i] >> 20, &all);
        same[i] = all + 2 * __any_sync(here, keys[i] == 3) + 4 * __all_sync(here, keys[i] < 8);
    }
}
