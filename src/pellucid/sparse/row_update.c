/* One optimiser step for the rows of a matrix that something fired for, gradient included.

   For row i = touched[t], with the entries e of offsets[t] .. offsets[t + 1]:
       g = sum_e values[o] matrix[rows[o]],  o = order[e]       the gradient, never written down
       g -= (g . w) w                                           where rows have unit norm
       v = decay[t] v + (1 - beta) g^2
       w -= rate g / sqrt(v + eps^2);  w /= |w|                 the quotient within +-most; the last for unit norm
   and the row rounded to bfloat16 goes to `low`, where that is given. Vectors of 16 floats are written out by hand where
   the processor has them: compilers keep neither g in registers nor sqrt and division as one estimate made exact. */

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__AVX512F__) && defined(__AVX512BF16__)
#include <immintrin.h>
#define LANES 16
#define HELD 12 /* vectors of the gradient in registers at once */

static __mmask16 lanes(ptrdiff_t left) { return left >= LANES ? 0xffff : left <= 0 ? 0 : (__mmask16)((1u << left) - 1); }

static void gradient(const int64_t *order, ptrdiff_t entries, const int64_t *rows, const float *values,
                     const float *matrix, ptrdiff_t width, float *g) {
    for (ptrdiff_t j = 0; j < width; j += HELD * LANES) {
        __m512 sums[HELD];
        for (int h = 0; h < HELD; h++) sums[h] = _mm512_setzero_ps();
        if (width - j >= HELD * LANES)
            for (ptrdiff_t e = 0; e < entries; e++) {
                const float *from = matrix + rows[order[e]] * width + j;
                const __m512 value = _mm512_set1_ps(values[order[e]]);
                for (int h = 0; h < HELD; h++)
                    sums[h] = _mm512_fmadd_ps(value, _mm512_loadu_ps(from + h * LANES), sums[h]);
            }
        else
            for (ptrdiff_t e = 0; e < entries; e++) {
                const float *from = matrix + rows[order[e]] * width + j;
                const __m512 value = _mm512_set1_ps(values[order[e]]);
                for (int h = 0; h < HELD; h++) {
                    const __mmask16 real = lanes(width - j - h * LANES);
                    sums[h] = _mm512_fmadd_ps(value, _mm512_maskz_loadu_ps(real, from + h * LANES), sums[h]);
                }
            }
        for (int h = 0; h < HELD; h++) _mm512_mask_storeu_ps(g + j + h * LANES, lanes(width - j - h * LANES), sums[h]);
    }
}

/* 1 / sqrt(x) to the last bit or so: an estimate and one step of Newton's. */
static __m512 inverse_root(__m512 x) {
    const __m512 r = _mm512_rsqrt14_ps(x), half = _mm512_mul_ps(_mm512_set1_ps(0.5f), x);
    return _mm512_mul_ps(r, _mm512_fnmadd_ps(_mm512_mul_ps(half, r), r, _mm512_set1_ps(1.5f)));
}

static void fetch(const float *row, ptrdiff_t width) {
    for (ptrdiff_t j = 0; j < width; j += LANES) _mm_prefetch((const char *)(row + j), _MM_HINT_T0);
}

void row_update(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t width, const int64_t *restrict touched,
                const int64_t *restrict offsets, const int64_t *restrict order, const int64_t *restrict rows,
                const float *restrict values, const float *restrict matrix, float *restrict weight,
                float *restrict square, uint16_t *restrict low, const float *restrict decay, float rate, float beta,
                float eps, float most, int unit, float *restrict g) {
    const __m512 new = _mm512_set1_ps(1 - beta), pace = _mm512_set1_ps(rate), least = _mm512_set1_ps(eps * eps);
    const __m512 highest = _mm512_set1_ps(most), lowest = _mm512_set1_ps(-most);
    for (ptrdiff_t t = begin; t < end; t++) {
        float *restrict w = weight + touched[t] * width, *restrict v = square + touched[t] * width;
        if (t + 1 < end) {
            fetch(weight + touched[t + 1] * width, width);
            fetch(square + touched[t + 1] * width, width);
        }
        gradient(order + offsets[t], offsets[t + 1] - offsets[t], rows, values, matrix, width, g);
        __m512 along = _mm512_setzero_ps(), norm = _mm512_setzero_ps();
        for (ptrdiff_t j = 0; unit && j < width; j += LANES) {
            const __mmask16 real = lanes(width - j);
            along = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(real, g + j), _mm512_maskz_loadu_ps(real, w + j), along);
        }
        along = _mm512_set1_ps(_mm512_reduce_add_ps(along));
        const __m512 kept = _mm512_set1_ps(decay[t]);
        for (ptrdiff_t j = 0; j < width; j += LANES) {
            const __mmask16 real = lanes(width - j);
            const __m512 old = _mm512_maskz_loadu_ps(real, w + j);
            const __m512 slope = _mm512_fnmadd_ps(along, old, _mm512_maskz_loadu_ps(real, g + j));
            const __m512 second = _mm512_fmadd_ps(_mm512_mul_ps(new, slope), slope,
                                                  _mm512_mul_ps(kept, _mm512_maskz_loadu_ps(real, v + j)));
            __m512 by = _mm512_mul_ps(slope, inverse_root(_mm512_add_ps(second, least)));
            by = _mm512_max_ps(lowest, _mm512_min_ps(highest, by)); /* what is not a number stays so */
            const __m512 moved = _mm512_fnmadd_ps(pace, by, old);
            _mm512_mask_storeu_ps(v + j, real, second);
            _mm512_mask_storeu_ps(w + j, real, moved);
            norm = _mm512_mask3_fmadd_ps(moved, moved, norm, real);
        }
        const __m512 scale = _mm512_set1_ps(1 / sqrtf(_mm512_reduce_add_ps(norm)));
        for (ptrdiff_t j = 0; unit && j < width; j += LANES) {
            const __mmask16 real = lanes(width - j);
            _mm512_mask_storeu_ps(w + j, real, _mm512_mul_ps(scale, _mm512_maskz_loadu_ps(real, w + j)));
        }
        uint16_t *to = low + touched[t] * width;
        for (ptrdiff_t j = 0; low && j < width; j += LANES) {
            const __mmask16 real = lanes(width - j);
            const __m256bh rounded = _mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(real, w + j));
            _mm256_mask_storeu_epi16(to + j, real, (__m256i)rounded);
        }
    }
}

#else

void row_update(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t width, const int64_t *restrict touched,
                const int64_t *restrict offsets, const int64_t *restrict order, const int64_t *restrict rows,
                const float *restrict values, const float *restrict matrix, float *restrict weight,
                float *restrict square, uint16_t *restrict low, const float *restrict decay, float rate, float beta,
                float eps, float most, int unit, float *restrict g) {
    for (ptrdiff_t t = begin; t < end; t++) {
        float *restrict w = weight + touched[t] * width, *restrict v = square + touched[t] * width;
        memset(g, 0, width * sizeof(float));
        for (int64_t e = offsets[t]; e < offsets[t + 1]; e++) {
            const float *restrict from = matrix + rows[order[e]] * width;
            const float value = values[order[e]];
            for (ptrdiff_t j = 0; j < width; j++) g[j] += value * from[j];
        }
        float along = 0, norm = 0;
        if (unit)
            for (ptrdiff_t j = 0; j < width; j++) along += g[j] * w[j];
        const float kept = decay[t], new = 1 - beta;
        for (ptrdiff_t j = 0; j < width; j++) {
            const float slope = g[j] - along * w[j];
            const float second = kept * v[j] + new * slope * slope;
            float by = slope / sqrtf(second + eps * eps);
            by = by > most ? most : by < -most ? -most : by;
            const float moved = w[j] - rate * by;
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

#endif
