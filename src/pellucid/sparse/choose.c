/* The k largest activations of each row, without ever writing the activations down.

       a[b][l] = sum_j x[b][j] encoder[l][j] + bias[l]        in bfloat16, sums in float32

   Tile registers (AMX) multiply 32 latents by 32 rows at a time. Latents are the tiles' rows, read as they lie; the
   batch, which is small, is put in the order that tiles want. Sixteen rows of the batch are the sixteen lanes of a
   vector then, each compared with the least activation that its row may still want; the few above it go to the row's
   list of candidates, which is cut back to about k whenever it is full. */

#include <stddef.h>
#include <stdint.h>

#if defined(__AMX_BF16__) && defined(__AVX512F__) && defined(__linux__)

#include <immintrin.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LANES 16
#define BLOCK 32

typedef struct {
    float *value;
    int32_t *index, *key;
    int32_t count;
} List;

/* Whether this process may use tile registers: the kernel wants to be asked. */
int choose_supported(void) { return syscall(SYS_arch_prctl, 0x1023, 18) == 0; }

static void configure(void) {
    struct {
        uint8_t palette, start, reserved[14];
        uint16_t bytes[16];
        uint8_t rows[16];
    } tiles;
    memset(&tiles, 0, sizeof tiles);
    tiles.palette = 1;
    for (int t = 0; t < 8; t++) {
        tiles.bytes[t] = 64;
        tiles.rows[t] = 16;
    }
    _tile_loadconfig(&tiles);
}

/* 32 rows of x from `row`, `left` of them real: by pairs of columns first, then by rows. */
static void pack(uint32_t *to, const uint32_t *x, ptrdiff_t pairs, ptrdiff_t left) {
    for (int half = 0; half < 2; half++)
        for (int lane = 0; lane < LANES; lane++) {
            const ptrdiff_t row = half * LANES + lane;
            for (ptrdiff_t p = 0; p < pairs; p++)
                to[((p / LANES * 2 + half) * LANES + p % LANES) * LANES + lane] = row < left ? x[row * pairs + p] : 0;
        }
}

/* out[32][32] = the products of 32 latents and 32 packed rows; `next`, where given, are latents to fetch meanwhile. */
static void multiply(const uint16_t *encoder, const uint32_t *packed, ptrdiff_t width, const uint16_t *next,
                     float *out) {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (ptrdiff_t j = 0; j < width; j += BLOCK, packed += 2 * LANES * LANES) {
        _tile_loadd(4, encoder + j, width * 2);
        _tile_loadd(5, encoder + LANES * width + j, width * 2);
        _tile_loadd(6, packed, 64);
        _tile_loadd(7, packed + LANES * LANES, 64);
        _tile_dpbf16ps(0, 4, 6);
        _tile_dpbf16ps(1, 4, 7);
        _tile_dpbf16ps(2, 5, 6);
        _tile_dpbf16ps(3, 5, 7);
        for (int l = 0; next && l < BLOCK; l++) _mm_prefetch((const char *)(next + l * width + j), _MM_HINT_T1);
    }
    _tile_stored(0, out, BLOCK * 4);
    _tile_stored(1, out + LANES, BLOCK * 4);
    _tile_stored(2, out + LANES * BLOCK, BLOCK * 4);
    _tile_stored(3, out + LANES * BLOCK + LANES, BLOCK * 4);
}

/* Lanes of the list's entries from i on. */
static __mmask16 lanes(const List *list, int32_t i) {
    return list->count - i >= LANES ? 0xffff : (__mmask16)((1u << (list->count - i)) - 1);
}

static int32_t at_least(const List *list, int32_t bar) {
    const __m512i bars = _mm512_set1_epi32(bar);
    int32_t found = 0;
    for (int32_t i = 0; i < list->count; i += LANES) {
        const __m512i keys = _mm512_loadu_si512(list->key + i);
        found += __builtin_popcount(_mm512_mask_cmpge_epi32_mask(lanes(list, i), keys, bars));
    }
    return found;
}

/* Keep the entries from `low` on, of those equal to it the first `equal`. */
static void keep(List *list, int32_t low, int32_t equal) {
    const __m512i bars = _mm512_set1_epi32(low);
    int32_t kept = 0;
    for (int32_t i = 0; i < list->count; i += LANES) {
        const __m512i keys = _mm512_loadu_si512(list->key + i);
        __mmask16 ties = _mm512_mask_cmpeq_epi32_mask(lanes(list, i), keys, bars);
        const __mmask16 more = _mm512_mask_cmpgt_epi32_mask(lanes(list, i), keys, bars);
        while (__builtin_popcount(ties) > equal) ties &= ~(1u << (31 - __builtin_clz(ties)));
        equal -= __builtin_popcount(ties);
        const __mmask16 chosen = more | ties;
        const __m512i values = _mm512_loadu_si512(list->value + i), indices = _mm512_loadu_si512(list->index + i);
        _mm512_storeu_si512(list->value + kept, _mm512_maskz_compress_epi32(chosen, values));
        _mm512_storeu_si512(list->index + kept, _mm512_maskz_compress_epi32(chosen, indices));
        kept += __builtin_popcount(chosen);
    }
    list->count = kept;
}

/* Cut a list back to its k largest, or to a few more (`slack`); returns what an entry must exceed from now on. */
static float cut(List *list, int32_t k, int32_t slack) {
    const __m512i magnitude = _mm512_set1_epi32(0x7fffffff);
    __m512i most = _mm512_set1_epi32(INT32_MIN), least = _mm512_set1_epi32(INT32_MAX);
    for (int32_t i = 0; i < list->count; i += LANES) { /* integers in the order of the numbers */
        const __m512i bits = _mm512_loadu_si512(list->value + i);
        const __m512i key = _mm512_xor_si512(bits, _mm512_and_si512(_mm512_srai_epi32(bits, 31), magnitude));
        _mm512_storeu_si512(list->key + i, key);
        most = _mm512_mask_max_epi32(most, lanes(list, i), most, key);
        least = _mm512_mask_min_epi32(least, lanes(list, i), least, key);
    }
    /* at least k from `low` on, fewer than k from `high` on */
    int64_t low = _mm512_reduce_min_epi32(least), high = (int64_t)_mm512_reduce_max_epi32(most) + 1;
    int32_t from_low = list->count, from_high = 0;
    while (from_low > k + slack && high - low > 1) {
        const int64_t middle = low + (high - low) / 2;
        const int32_t found = at_least(list, (int32_t)middle);
        if (found >= k) {
            low = middle;
            from_low = found;
        } else {
            high = middle;
            from_high = found;
        }
    }
    keep(list, (int32_t)low, from_low > k + slack ? k - from_high : from_low);
    const int32_t bits = (int32_t)low ^ (((int32_t)low >> 31) & 0x7fffffff);
    float bar;
    memcpy(&bar, &bits, sizeof bar);
    return bar;
}

/* Put what exceeds its row's bar on the lists: 32 latents from `first`, 32 rows. */
static void collect(const float *block, const float *bias, int32_t first, List *lists, float *bars, int32_t room,
                    int32_t k) {
    for (int half = 0; half < 2; half++) {
        List *own = lists + half * LANES;
        float *bar = bars + half * LANES;
        __m512 need = _mm512_loadu_ps(bar);
        for (int l = 0; l < BLOCK; l++) {
            const float *values = block + l * BLOCK + half * LANES;
            const __m512 sums = _mm512_add_ps(_mm512_loadu_ps(values), _mm512_set1_ps(bias[l]));
            __mmask16 more = _mm512_cmp_ps_mask(sums, need, _CMP_GT_OQ);
            while (more) {
                const int lane = __builtin_ctz(more);
                more &= more - 1;
                List *list = own + lane;
                list->value[list->count] = values[lane] + bias[l];
                list->index[list->count++] = first + l;
                if (list->count == room) {
                    bar[lane] = cut(list, k, k / 4);
                    need = _mm512_loadu_ps(bar);
                }
            }
        }
    }
}

/* latents[b][0..k) = first + the k largest of row b, for `rows` rows and `latents_count` latents (a multiple of 32);
   `width` a multiple of 32. Returns 0, or 1 where there is no memory. */
int choose(ptrdiff_t rows, ptrdiff_t size, ptrdiff_t width, ptrdiff_t k, int64_t first, const uint16_t *x,
           const uint16_t *encoder, const float *bias, int64_t *latents) {
    const ptrdiff_t blocks = (rows + BLOCK - 1) / BLOCK, padded = blocks * BLOCK, pairs = width / 2;
    const ptrdiff_t room = 4 * k > 128 ? (4 * k + LANES - 1) / LANES * LANES : 128, stride = room + LANES;
    const size_t bytes = padded * (width * 2 + stride * 8 + sizeof(List) + 4) + stride * 4 + 64 * 8;
    char *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
    if (!memory) return 1;
    uint32_t *packed = (uint32_t *)memory;
    float *values = (float *)(packed + padded * pairs);
    int32_t *indices = (int32_t *)(values + padded * stride), *keys = indices + padded * stride;
    float *bars = (float *)(keys + stride);
    List *lists = (List *)(((uintptr_t)(bars + padded) + 63) / 64 * 64);
    for (ptrdiff_t b = 0; b < padded; b++) {
        lists[b] = (List){values + b * stride, indices + b * stride, keys, 0};
        bars[b] = b < rows ? -__builtin_inff() : __builtin_inff();
    }
    for (ptrdiff_t b = 0; b < blocks; b++)
        pack(packed + b * BLOCK * pairs, (const uint32_t *)x + b * BLOCK * pairs, pairs, rows - b * BLOCK);
    configure();
    float block[BLOCK * BLOCK] __attribute__((aligned(64)));
    for (ptrdiff_t l = 0; l < size; l += BLOCK)
        for (ptrdiff_t b = 0; b < blocks; b++) {
            const uint16_t *next = b == 0 && l + BLOCK < size ? encoder + (l + BLOCK) * width : NULL;
            multiply(encoder + l * width, packed + b * BLOCK * pairs, width, next, block);
            collect(block, bias + l, (int32_t)l, lists + b * BLOCK, bars + b * BLOCK, (int32_t)room, (int32_t)k);
        }
    _tile_release();
    for (ptrdiff_t b = 0; b < rows; b++) {
        List *list = lists + b;
        if (list->count > k) cut(list, (int32_t)k, 0);
        for (ptrdiff_t i = 0; i < k; i++) latents[b * k + i] = first + (i < list->count ? list->index[i] : i);
    }
    free(memory);
    return 0;
}

#else

int choose_supported(void) { return 0; }

int choose(ptrdiff_t rows, ptrdiff_t size, ptrdiff_t width, ptrdiff_t k, int64_t first, const uint16_t *x,
           const uint16_t *encoder, const float *bias, int64_t *latents) {
    return 1;
}

#endif
