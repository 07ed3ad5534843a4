// Barriers that count and vote, and named barriers with two halves of a block as producer and consumer.
extern "C" __global__ void barriers(const int* x, int* y, int* votes)
{
    __shared__ int box[64];
    int i = threadIdx.x;
    int positive = __syncthreads_count(x[i] > 0);
    int any = __syncthreads_or(x[i] > 900), all = __syncthreads_and(x[i] > -1000);
    if (i == 0) {
        votes[0] = positive;
        votes[1] = any != 0;
        votes[2] = all != 0;
    }
    for (int round = 0; round < 3; round++) {
        if (i < 64) {
            if (round > 0) asm volatile("bar.sync 2, 128;" ::: "memory");
            box[i] = x[i] + round;
            asm volatile("bar.arrive 1, 128;" ::: "memory");
        } else {
            asm volatile("bar.sync 1, 128;" ::: "memory");
            y[round * 64 + i - 64] = box[127 - i];
            if (round < 2) asm volatile("bar.arrive 2, 128;" ::: "memory");
        }
    }
}
