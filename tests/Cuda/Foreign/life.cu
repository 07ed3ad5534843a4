// One step of the game of life on a torus of bytes.
extern "C" __global__ void life(const signed char* cells, signed char* next, int width, int height)
{
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < width * height; i += gridDim.x * blockDim.x) {
        int x = i % width, y = i / width, alive = 0;
        for (int dy = -1; dy <= 1; dy++)
            for (int dx = -1; dx <= 1; dx++)
                if (dx != 0 || dy != 0) alive += cells[(y + dy + height) % height * width + (x + dx + width) % width];
        next[i] = alive == 3 || (alive == 2 && cells[i]);
    }
}
