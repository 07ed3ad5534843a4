// Levenshtein distance of a word to every word of a list; the row of the table lives in local memory.
extern "C" __global__ void edit_distance(const char* words, const char* word, int word_length, int* distances, int count)
{
    int w = blockIdx.x * blockDim.x + threadIdx.x;
    if (w >= count) return;
    unsigned char row[17];
    const char* other = words + w * 16;
    for (int j = 0; j <= word_length; j++) row[j] = (unsigned char)j;
    for (int i = 0; i < 16 && other[i] != 0; i++) {
        int diagonal = row[0];
        row[0]++;
        for (int j = 0; j < word_length; j++) {
            int cost = min(min(row[j] + 1, row[j + 1] + 1), diagonal + (other[i] != word[j]));
            diagonal = row[j + 1];
            row[j + 1] = (unsigned char)cost;
        }
    }
    distances[w] = row[word_length];
}
