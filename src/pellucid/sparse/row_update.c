/* One optimiser step for the rows of a matrix that something fired for, gradient included.

   For row i = touched[t], with the entries e of offsets[t] .. offsets[t + 1]:
       g = sum_e values[e] matrix[rows[e]]                      the gradient, never written down
       g -= (g . w) w                                           where rows have unit norm
       v = decay[t] v + (1 - beta) g^2
       w -= rate g / (sqrt(v) + eps);  w /= |w|                 the last where rows have unit norm
   and the row rounded to bfloat16 goes to `low`, where that is given. */

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

void row_update(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t width, const int64_t *restrict touched,
                const int64_t *restrict offsets, const int64_t *restrict rows, const float *restrict values,
                const float *restrict matrix, float *restrict weight, float *restrict square, uint16_t *restrict low,
                const float *restrict decay, float rate, float beta, float eps, int unit, float *restrict g) {
    for (ptrdiff_t t = begin; t < end; t++) {
        float *restrict w = weight + touched[t] * width, *restrict v = square + touched[t] * width;
        memset(g, 0, width * sizeof(float));
        for (int64_t e = offsets[t]; e < offsets[t + 1]; e++) {
            const float *restrict from = matrix + rows[e] * width;
            const float value = values[e];
            for (ptrdiff_t j = 0; j < width; j++) g[j] += value * from[j];
        }
        float along = 0, norm = 0;
        if (unit)
            for (ptrdiff_t j = 0; j < width; j++) along += g[j] * w[j];
        const float kept = decay[t], new = 1 - beta;
        for (ptrdiff_t j = 0; j < width; j++) {
            const float slope = g[j] - along * w[j];
            const float second = kept * v[j] + new * slope * slope;
            const float moved = w[j] - rate * slope / (sqrtf(second) + eps);
            v[j] = second;
            w[j] = moved;
            norm += moved * moved;
        }
        if (unit) {
            const float scale = 1 / sqrtf(norm);
            for (ptrdiff_t j = 0; j < width; j++) w[j] *= scale;
        }
        if (low) {
            uint16_t *restrict to = low + touched[t] * width;
            for (ptrdiff_t j = 0; j < width; j++) {
                uint32_t bits;
                memcpy(&bits, w + j, sizeof bits);
                to[j] = (uint16_t)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
            }
        }
    }
}
