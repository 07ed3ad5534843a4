// A stack machine: one program per thread, ten dense opcodes.
extern "C" __global__ void switch_table(const unsigned char* programs, int length, int* results)
{
    int stack[16];
    int top = 0, thread = blockIdx.x * blockDim.x + threadIdx.x;
    const unsigned char* program = programs + thread * length;
    for (int pc = 0; pc < length; pc++) {
        switch (program[pc] & 15) {
        case 0: stack[top++] = program[pc] >> 4; break;
        case 1: top--; stack[top - 1] += stack[top]; break;
        case 2: top--; stack[top - 1] -= stack[top]; break;
        case 3: top--; stack[top - 1] *= stack[top]; break;
        case 4: stack[top] = stack[top - 1]; top++; break;
        case 5: { int t = stack[top - 1]; stack[top - 1] = stack[top - 2]; stack[top - 2] = t; break; }
        case 6: stack[top - 1] = -stack[top - 1]; break;
        case 7: stack[top - 1] = ~stack[top - 1] ^ (program[pc] >> 4); break;
        case 8: top--; stack[top - 1] = stack[top] != 0 ? stack[top - 1] / stack[top] : 0; break;
        case 9: stack[top - 1] <<= program[pc] >> 4 & 3; break;
        default: break;
        }
    }
    results[thread] = stack[top - 1];
}
