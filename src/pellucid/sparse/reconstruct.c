/* What rows of sparse codes reconstruct, what is missing, and how each value should change, in one pass over the rows.

   For row b with the entries e of offsets[b] .. offsets[b + 1], l = latents[e]:
       v_e = max(0, x_b . E_l + bias_l)                 p = sum_e v_e D_l
       r_b = share_b p + decoder_bias - y_b             error_b = |r_b|^2
       by_share_b = (r_b . p) mean                      by_value_e = share_b mean (r_b . D_l), 0 where v_e = 0
   A latent's rows of E and D are read from memory once for each entry, D's second time from a near cache. Vectors are
   those of GCC and Clang, which any processor has in some size. */

#include <stddef.h>
#include <stdint.h>

typedef float Vector __attribute__((vector_size(64)));
typedef float Loose __attribute__((vector_size(64), aligned(4)));
#define LANES 16
#define HELD 12  /* vectors of a sum in registers at once */
#define TOGETHER 4 /* dot products at once */
#define AHEAD 4    /* entries that are fetched before they are needed */
#define ROWS 64

static inline Vector load(const float *from) { return *(const Loose *)from; }

static inline float total(Vector v) {
    float sum = 0;
    for (int i = 0; i < LANES; i++) sum += v[i];
    return sum;
}

static void fetch(const float *row, ptrdiff_t width) {
    for (ptrdiff_t j = 0; j < width; j += LANES) __builtin_prefetch(row + j, 0, 2);
}

/* to[i] = left . matrix[latents[i]] for TOGETHER latents or fewer. */
static void dots(const float *left, const float *matrix, const int64_t *latents, ptrdiff_t count, ptrdiff_t width,
                 float *to) {
    const float *rows[TOGETHER];
    for (int i = 0; i < TOGETHER; i++) rows[i] = matrix + latents[i < count ? i : 0] * width;
    Vector sums[TOGETHER] = {{0}};
    ptrdiff_t j = 0;
    for (; j + LANES <= width; j += LANES) {
        const Vector own = load(left + j);
        for (int i = 0; i < TOGETHER; i++) sums[i] += own * load(rows[i] + j);
    }
    for (ptrdiff_t i = 0; i < count; i++) {
        to[i] = total(sums[i]);
        for (ptrdiff_t rest = j; rest < width; rest++) to[i] += left[rest] * rows[i][rest];
    }
}

/* to = sum_e values[e] matrix[latents[e]]. */
static void combine(const float *values, const int64_t *latents, ptrdiff_t count, const float *matrix, ptrdiff_t width,
                    float *to) {
    ptrdiff_t j = 0;
    for (; j + HELD * LANES <= width; j += HELD * LANES) {
        Vector sums[HELD] = {{0}};
        for (ptrdiff_t e = 0; e < count; e++) {
            const float *from = matrix + latents[e] * width + j;
            for (int h = 0; h < HELD; h++) sums[h] += values[e] * load(from + h * LANES);
        }
        for (int h = 0; h < HELD; h++) *(Loose *)(to + j + h * LANES) = sums[h];
    }
    for (ptrdiff_t rest = j; rest < width; rest++) to[rest] = 0;
    for (ptrdiff_t e = 0; e < count; e++)
        for (ptrdiff_t rest = j; rest < width; rest++) to[rest] += values[e] * matrix[latents[e] * width + rest];
}

/* Rows `begin` to `end`, one matrix after the other: what a few rows need of each fits a near cache. */
static void encode(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t width, const int64_t *offsets, const int64_t *latents,
                   const float *x, const float *encoder, const float *bias, float *values) {
    for (ptrdiff_t b = begin; b < end; b++)
        for (ptrdiff_t e = offsets[b]; e < offsets[b + 1]; e += TOGETHER) {
            const ptrdiff_t some = offsets[b + 1] - e < TOGETHER ? offsets[b + 1] - e : TOGETHER;
            for (ptrdiff_t i = e + AHEAD; i < e + AHEAD + TOGETHER && i < offsets[end]; i++)
                fetch(encoder + latents[i] * width, width);
            dots(x + b * width, encoder, latents + e, some, width, values + e);
            for (ptrdiff_t i = e; i < e + some; i++) {
                values[i] += bias[latents[i]];
                values[i] = values[i] < 0 ? 0 : values[i]; /* what is not a number stays so */
            }
        }
}

/* `room` holds a row of the output; `share` may be missing. */
void reconstruct(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t width, ptrdiff_t width_out, const int64_t *offsets,
                 const int64_t *latents, const float *x, const float *y, const float *encoder, const float *bias,
                 const float *decoder, const float *decoder_bias, const float *share, float mean, float *values,
                 float *by_value, float *residual, float *by_share, float *error, float *room) {
    for (ptrdiff_t b = begin; b < end; b++) {
        if ((b - begin) % ROWS == 0)
            encode(b, b + ROWS < end ? b + ROWS : end, width, offsets, latents, x, encoder, bias, values);
        const int64_t *own = latents + offsets[b];
        const ptrdiff_t count = offsets[b + 1] - offsets[b];
        float *v = values + offsets[b], *slope = by_value + offsets[b], *r = residual + b * width_out;
        for (ptrdiff_t e = 0; e < count && b == begin; e++) fetch(decoder + own[e] * width_out, width_out);
        combine(v, own, count, decoder, width_out, room);
        const float weight = share ? share[b] : 1;
        float squares = 0, along = 0;
        for (ptrdiff_t j = 0; j < width_out; j++) {
            r[j] = weight * room[j] + decoder_bias[j] - y[b * width_out + j];
            squares += r[j] * r[j];
            along += r[j] * room[j];
        }
        error[b] = squares;
        by_share[b] = along * mean;
        for (ptrdiff_t e = 0; e < count; e += TOGETHER) {
            const ptrdiff_t some = count - e < TOGETHER ? count - e : TOGETHER;
            for (ptrdiff_t i = offsets[b + 1] + e; i < offsets[b + 1] + e + TOGETHER && i < offsets[end]; i++)
                fetch(decoder + latents[i] * width_out, width_out);
            dots(r, decoder, own + e, some, width_out, slope + e);
            for (ptrdiff_t i = e; i < e + some; i++) slope[i] = v[i] > 0 ? slope[i] * weight * mean : 0;
        }
    }
}
