/* Partitions of {0, ..., n-1} with two costs that are sums over blocks: the undominated ones, by dynamic programming.

   F(m), m a set without element 0 (or the whole set), holds the undominated sums over all partitions of m. The block of
   the lowest element of m is b, the rest of m was done before:

       F(m) = undominated { cost(b) + F(m - b) :  lowest of m in b, b in m },   cost low, gain high.

   Of labels within `tol` of each other in cost or gain one is kept, which loses at most `tol` a level. A staircase over
   a grid of costs turns away most candidates before they are sorted. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define STEPS 4096      /* of the staircase */
#define MOST 65536      /* candidates that are held before they are thinned */

typedef struct { double cost, gain; uint32_t block, before; } Label;   /* before: its place in F(m - block) */

typedef struct {
    int n;
    uint32_t next, last;              /* sets that are to come, each as m / 2; `last` is the whole set */
    const double *cost, *gain;        /* of each block */
    double tol, width;
    int64_t used, room, most;
    Label *labels, *held;
    int64_t *start;
    int32_t *count;
    double stair[STEPS + 1];
} Work;

static int by_cost(const void *a, const void *b) {
    const Label *x = a, *y = b;
    if (x->cost != y->cost) return x->cost < y->cost ? -1 : 1;
    return (x->gain < y->gain) - (x->gain > y->gain);
}

/* The undominated of `count` labels, in front, by rising cost and gain. */
static int thin(Label *x, int count, double tol) {
    qsort(x, count, sizeof(Label), by_cost);
    int kept = 0;
    double best = -1e300, first = -1e300;
    for (int i = 0; i < count; i++) {
        if (x[i].gain <= best + tol) continue;
        best = x[i].gain;
        if (kept && x[i].cost - first <= tol) { x[kept - 1] = x[i]; continue; }
        first = x[i].cost;
        x[kept++] = x[i];
    }
    return kept;
}

static void lift(Work *w, const Label *one) {
    int k = (int)ceil(one->cost / w->width);
    for (k = k < 0 ? 0 : k; k <= STEPS && w->stair[k] < one->gain; k++) w->stair[k] = one->gain;
}

static int solve(Work *w, uint32_t m) {
    uint32_t low = m & (~m + 1), rest = m ^ low, sub = rest;
    int held = 0;
    for (int k = 0; k <= STEPS; k++) w->stair[k] = -1e300;
    for (;;) {
        uint32_t b = sub | low, left = m ^ b;
        double c = w->cost[b], g = w->gain[b];
        const Label *from = w->labels + w->start[left >> 1];
        int many = w->count[left >> 1];
        for (int i = 0; i < many; i++) {
            double cost = c + from[i].cost, gain = g + from[i].gain;
            int k = (int)(cost / w->width);
            if (gain <= w->stair[k < 0 ? 0 : k > STEPS ? STEPS : k] + w->tol) continue;
            Label one = {cost, gain, b, (uint32_t)i};
            lift(w, &one);
            w->held[held++] = one;
            if (held == MOST) {
                held = thin(w->held, held, w->tol);
                if (held > MOST / 2) return -1;
            }
        }
        if (!sub) break;
        sub = (sub - 1) & rest;
    }
    held = thin(w->held, held, w->tol);
    if (w->used + held > w->room) {
        int64_t room = 2 * (w->used + held);
        if (w->used + held > w->most) return -1;
        Label *more = realloc(w->labels, sizeof(Label) * (size_t)room);
        if (!more) return -1;
        w->labels = more;
        w->room = room;
    }
    memcpy(w->labels + w->used, w->held, sizeof(Label) * (size_t)held);
    uint32_t place = m & 1 ? w->last + 1 : m >> 1;   /* the whole set stands behind those without element 0 */
    w->start[place] = w->used;
    w->count[place] = held;
    w->used += held;
    return 0;
}

void partitions_free(Work *w) {
    if (!w) return;
    free(w->labels); free(w->held); free(w->start); free(w->count); free(w);
}

/* cost, gain (2^n): of each block, by its bits; `most`: labels that may be kept. */
Work *partitions_begin(int n, const double *cost, const double *gain, double tol, int64_t most) {
    Work *w = calloc(1, sizeof(Work));
    if (!w) return NULL;
    w->n = n; w->cost = cost; w->gain = gain; w->tol = tol; w->most = most;
    w->last = (1u << (n - 1)) - 1;
    w->width = (log2((double)n) + 1e-6) / STEPS + 1e-12;
    w->room = 1024;
    w->labels = malloc(sizeof(Label) * (size_t)w->room);
    w->held = malloc(sizeof(Label) * MOST);
    w->start = calloc((size_t)w->last + 2, sizeof(int64_t));
    w->count = calloc((size_t)w->last + 2, sizeof(int32_t));
    if (!w->labels || !w->held || !w->start || !w->count) { partitions_free(w); return NULL; }
    w->labels[0] = (Label){0, 0, 0, 0};
    w->used = 1; w->count[0] = 1; w->next = 1;
    return w;
}

/* So many further sets; the number that is left, the whole set among them, or -1 where there are too many labels. */
int64_t partitions_step(Work *w, int64_t sets) {
    for (; sets > 0 && w->next <= w->last; sets--, w->next++)
        if (solve(w, w->next << 1)) return -1;
    if (sets > 0 && w->next == w->last + 1) {
        if (solve(w, (w->last << 1) | 1)) return -1;
        w->next++;
    }
    return (int64_t)w->last + 2 - w->next;
}

int64_t partitions_count(const Work *w) { return w->count[w->last + 1]; }
int64_t partitions_labels(const Work *w) { return w->used; }

/* blocks (count, n): for each undominated partition the bits of the block that each element is in. */
void partitions_copy(const Work *w, uint32_t *blocks) {
    for (int i = 0; i < w->count[w->last + 1]; i++) {
        uint32_t m = (w->last << 1) | 1;
        int64_t at = w->start[w->last + 1] + i;
        while (m) {
            Label one = w->labels[at];
            for (int k = 0; k < w->n; k++)
                if (one.block >> k & 1) blocks[(size_t)i * w->n + k] = one.block;
            m ^= one.block;
            at = w->start[m >> 1] + one.before;
        }
    }
}

/* best (most, n), rows 0 .. most-1: the blocks of the partition into exactly k + 1 blocks whose gain is greatest.
   0 where memory is short. */
int partitions_corners(int n, const double *gain, int most, uint32_t *best) {
    uint32_t sets = 1u << (n - 1), whole = (1u << n) - 1;
    double *value = malloc(sizeof(double) * (size_t)most * sets);
    uint32_t *chosen = malloc(sizeof(uint32_t) * (size_t)most * sets);
    int ok = value && chosen;
    for (int k = 0; ok && k < most; k++) {
        double *now = value + (size_t)k * sets, *before = k ? now - sets : NULL;
        uint32_t *block = chosen + (size_t)k * sets;
        for (uint32_t half = 0; half < sets; half++) {
            int last = half == 0;   /* place 0, the empty set, holds the whole set, which is no one's rest */
            uint32_t m = last ? whole : half << 1, low = m & (~m + 1), rest = m ^ low, sub = rest;
            double top = -1e300;
            uint32_t pick = 0;
            for (;;) {
                uint32_t b = sub | low, left = m ^ b;
                double v = -1e300;
                if (!k) v = left ? -1e300 : gain[b];
                else if (left) v = gain[b] + before[left >> 1];
                if (v > top) { top = v; pick = b; }
                if (!sub) break;
                sub = (sub - 1) & rest;
            }
            now[half] = top;
            block[half] = pick;
        }
        uint32_t m = whole;
        for (int j = k; j >= 0; j--) {
            uint32_t b = chosen[(size_t)j * sets + (m == whole ? 0 : m >> 1)];
            for (int i = 0; i < n; i++) if (b >> i & 1) best[(size_t)k * n + i] = b;
            m ^= b;
        }
    }
    free(value); free(chosen);
    return ok;
}
