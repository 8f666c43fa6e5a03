/* Entries sorted by latent, in their order within one: a count, then a place for each. Returns how many latents have
   entries, or -1 for a latent that does not exist. `counts` has a place for each latent, `touched` too, `offsets` one
   more, `order` one for each entry; `next` is room for as many as there are latents. */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

ptrdiff_t by_latent(ptrdiff_t entries, ptrdiff_t size, const int64_t *latents, int64_t *counts, int64_t *touched,
                    int64_t *offsets, int64_t *order, int64_t *next) {
    memset(counts, 0, size * sizeof *counts);
    for (ptrdiff_t e = 0; e < entries; e++) {
        if (latents[e] < 0 || latents[e] >= size) return -1;
        counts[latents[e]]++;
    }
    ptrdiff_t found = 0;
    int64_t begin = 0;
    for (ptrdiff_t l = 0; l < size; l++) {
        next[l] = begin;
        touched[found] = l;
        offsets[found] = begin;
        begin += counts[l];
        found += counts[l] > 0;
    }
    for (ptrdiff_t e = 0; e < entries; e++) order[next[latents[e]]++] = e;
    return found;
}
