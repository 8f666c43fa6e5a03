/* One spline layer and its gradient, without a dense basis: every input touches the four splines of its cell only.

   Rows are taken in blocks, and within a block one input after the other, so that the input's coefficients and the block's
   outputs stay in the nearest cache. Arrays are contiguous: x, gate = sigmoid(x) and gx (rows, inputs), low and high
   (inputs), c and gc (inputs, cells + 3, outputs), b and gb (inputs, outputs), y and gy (rows, outputs). b and gate may
   be NULL together, and so may gb,
   gx and gc each on its own. gc and gb are added to. */

#ifndef REAL

#include <stddef.h>
#define BLOCK 64
#define JOIN(name, type) name##_##type
#define NAMED(name, type) JOIN(name, type)
#define NAME(name) NAMED(name, REAL)
#if defined(__GNUC__)
#define INLINE static inline __attribute__((always_inline))
#else
#define INLINE static inline
#endif

#define REAL float
#include "spline_kernel.c"
#undef REAL
#define REAL double
#include "spline_kernel.c"

#else

/* The cells, the four weights and the base weight of one input in a block of rows; slopes are those of the weights. */
typedef struct {
    int cell[BLOCK];
    REAL weight[5][BLOCK];
    REAL slope[5][BLOCK];
} NAME(places);

INLINE REAL NAME(bounded)(REAL x, REAL low, REAL high) { return x < low ? low : x > high ? high : x; }

INLINE void NAME(locate)(NAME(places) *restrict p, ptrdiff_t rows, ptrdiff_t inputs, int cells, const REAL *restrict x,
                         const REAL *restrict gate, REAL low, REAL scale, REAL most, const int slopes) {
    for (ptrdiff_t n = 0; n < rows; n++) {
        REAL place = NAME(bounded)((NAME(bounded)(x[n * inputs], -most, most) - low) * scale, -most, most);
        REAL inside = NAME(bounded)(place, 0, cells);
        int cell = (int)inside;
        /* Also NaN, which becomes any whole number, must end up in a cell. */
        cell = cell < 0 ? 0 : cell > cells - 1 ? cells - 1 : cell;
        REAL f = inside - (REAL)cell, g = 1 - f, beyond = place - inside;
        REAL sixth = (REAL)1 / 6, half = (REAL)1 / 2;
        REAL s0 = -half * g * g, s1 = half * (3 * f - 4) * f, s2 = half * ((2 - 3 * f) * f + 1), s3 = half * f * f;
        p->cell[n] = cell;
        p->weight[0][n] = sixth * g * g * g + beyond * s0;
        p->weight[1][n] = sixth * ((3 * f - 6) * f * f + 4) + beyond * s1;
        p->weight[2][n] = sixth * (((3 - 3 * f) * f + 3) * f + 1) + beyond * s2;
        p->weight[3][n] = sixth * f * f * f + beyond * s3;
        if (slopes) {
            p->slope[0][n] = scale * s0;
            p->slope[1][n] = scale * s1;
            p->slope[2][n] = scale * s2;
            p->slope[3][n] = scale * s3;
        }
    }
    for (ptrdiff_t n = 0; gate && n < rows; n++) {
        REAL value = NAME(bounded)(x[n * inputs], -most, most), share = gate[n * inputs];
        p->weight[4][n] = value * share;
        if (slopes) p->slope[4][n] = share * (1 + value * (1 - share));
    }
}

INLINE void NAME(forward_block)(ptrdiff_t rows, const int outputs, const NAME(places) *restrict p,
                                const REAL *restrict c, const REAL *restrict b, REAL *restrict y) {
    for (ptrdiff_t n = 0; n < rows; n++) {
        const REAL *restrict c0 = c + (ptrdiff_t)p->cell[n] * outputs;
        REAL w0 = p->weight[0][n], w1 = p->weight[1][n], w2 = p->weight[2][n], w3 = p->weight[3][n], w4 = p->weight[4][n];
        REAL *restrict to = y + n * outputs;
        if (b)
            for (int o = 0; o < outputs; o++)
                to[o] += w0 * c0[o] + w1 * c0[outputs + o] + w2 * c0[2 * outputs + o] + w3 * c0[3 * outputs + o] + w4 * b[o];
        else
            for (int o = 0; o < outputs; o++)
                to[o] += w0 * c0[o] + w1 * c0[outputs + o] + w2 * c0[2 * outputs + o] + w3 * c0[3 * outputs + o];
    }
}

INLINE void NAME(weights_block)(ptrdiff_t rows, const int outputs, const NAME(places) *restrict p,
                                const REAL *restrict gy, REAL *restrict gc, REAL *restrict gb) {
    for (ptrdiff_t n = 0; n < rows; n++) {
        REAL *restrict c0 = gc + (ptrdiff_t)p->cell[n] * outputs;
        REAL w0 = p->weight[0][n], w1 = p->weight[1][n], w2 = p->weight[2][n], w3 = p->weight[3][n], w4 = p->weight[4][n];
        const REAL *restrict from = gy + n * outputs;
        for (int o = 0; o < outputs; o++) {
            c0[o] += w0 * from[o];
            c0[outputs + o] += w1 * from[o];
            c0[2 * outputs + o] += w2 * from[o];
            c0[3 * outputs + o] += w3 * from[o];
            if (gb) gb[o] += w4 * from[o];
        }
    }
}

INLINE void NAME(inputs_block)(ptrdiff_t rows, ptrdiff_t inputs, const int outputs, const NAME(places) *restrict p,
                               const REAL *restrict gy, const REAL *restrict c, const REAL *restrict b, REAL *restrict gx) {
    for (ptrdiff_t n = 0; n < rows; n++) {
        const REAL *restrict c0 = c + (ptrdiff_t)p->cell[n] * outputs;
        REAL s0 = p->slope[0][n], s1 = p->slope[1][n], s2 = p->slope[2][n], s3 = p->slope[3][n], s4 = p->slope[4][n];
        const REAL *restrict from = gy + n * outputs;
        REAL sum = 0;
        if (b)
            for (int o = 0; o < outputs; o++)
                sum += from[o] * (s0 * c0[o] + s1 * c0[outputs + o] + s2 * c0[2 * outputs + o] + s3 * c0[3 * outputs + o] +
                                  s4 * b[o]);
        else
            for (int o = 0; o < outputs; o++)
                sum += from[o] * (s0 * c0[o] + s1 * c0[outputs + o] + s2 * c0[2 * outputs + o] + s3 * c0[3 * outputs + o]);
        gx[n * inputs] = sum;
    }
}

INLINE void NAME(forward_all)(ptrdiff_t rows, ptrdiff_t inputs, const int outputs, int cells, REAL most, const REAL *x,
                              const REAL *gate, const REAL *low, const REAL *high, const REAL *c, const REAL *b, REAL *y) {
    NAME(places) p;
    for (ptrdiff_t start = 0; start < rows; start += BLOCK) {
        ptrdiff_t count = rows - start < BLOCK ? rows - start : BLOCK;
        REAL *block = y + start * outputs;
        for (ptrdiff_t k = 0; k < count * outputs; k++) block[k] = 0;
        for (ptrdiff_t i = 0; i < inputs; i++) {
            ptrdiff_t first = start * inputs + i;
            NAME(locate)(&p, count, inputs, cells, x + first, gate ? gate + first : 0, low[i], cells / (high[i] - low[i]), most, 0);
            NAME(forward_block)(count, outputs, &p, c + i * (cells + 3) * outputs, b ? b + i * outputs : 0, block);
        }
    }
}

INLINE void NAME(backward_all)(ptrdiff_t rows, ptrdiff_t inputs, const int outputs, int cells, REAL most, const REAL *x,
                               const REAL *gate, const REAL *low, const REAL *high, const REAL *c, const REAL *b,
                               const REAL *gy, REAL *gx, REAL *gc, REAL *gb) {
    NAME(places) p;
    for (ptrdiff_t start = 0; start < rows; start += BLOCK) {
        ptrdiff_t count = rows - start < BLOCK ? rows - start : BLOCK;
        const REAL *block = gy + start * outputs;
        for (ptrdiff_t i = 0; i < inputs; i++) {
            ptrdiff_t first = start * inputs + i, coefficients = i * (cells + 3) * outputs;
            const REAL *base = b ? b + i * outputs : 0;
            NAME(locate)(&p, count, inputs, cells, x + first, gate ? gate + first : 0, low[i], cells / (high[i] - low[i]), most, 1);
            if (gc) NAME(weights_block)(count, outputs, &p, block, gc + coefficients, gb ? gb + i * outputs : 0);
            if (gx) NAME(inputs_block)(count, inputs, outputs, &p, block, c + coefficients, base, gx + first);
        }
    }
}

/* With the number of outputs known in advance, the innermost loops become a few wide instructions. */
#define CASES(CALL) \
    switch (outputs) { \
    case 1: CALL(1); break; \
    case 2: CALL(2); break; \
    case 3: CALL(3); break; \
    case 4: CALL(4); break; \
    case 5: CALL(5); break; \
    case 64: CALL(64); break; \
    default: CALL(outputs); \
    }

void NAME(spline_forward)(ptrdiff_t rows, ptrdiff_t inputs, int outputs, int cells, double most, const REAL *x,
                          const REAL *gate, const REAL *low, const REAL *high, const REAL *c, const REAL *b, REAL *y) {
#define CALL(number) NAME(forward_all)(rows, inputs, number, cells, (REAL)most, x, gate, low, high, c, b, y)
    CASES(CALL)
#undef CALL
}

void NAME(spline_backward)(ptrdiff_t rows, ptrdiff_t inputs, int outputs, int cells, double most, const REAL *x,
                           const REAL *gate, const REAL *low, const REAL *high, const REAL *c, const REAL *b,
                           const REAL *gy, REAL *gx, REAL *gc, REAL *gb) {
#define CALL(number) NAME(backward_all)(rows, inputs, number, cells, (REAL)most, x, gate, low, high, c, b, gy, gx, gc, gb)
    CASES(CALL)
#undef CALL
}

int NAME(spline_all_one)(ptrdiff_t count, const REAL *values) {
    ptrdiff_t others = 0;
    for (ptrdiff_t k = 0; k < count; k++) others += values[k] != 1;
    return others == 0;
}

#undef CASES
#endif
