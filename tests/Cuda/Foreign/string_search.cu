// Positions where a word occurs; the first by atomicMin.
extern "C" __global__ void string_search(const char* text, int length, const char* word, int word_length, int* first, unsigned* found)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    bool match = i + word_length <= length;
    for (int j = 0; match && j < word_length; j++)
        if (text[i + j] != word[j]) match = false;
    if (match) {
        atomicMin(first, i);
        atomicOr(&found[i / 32], 1u << (i % 32));
    }
}
