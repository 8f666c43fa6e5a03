/* Forms with free constants, evaluated with their derivatives and fitted in batches.

   A form is a postfix program of bytes over columns; its constants follow in postfix order. The model is

       y = a + b f(x; theta),

   a and b are solved in closed form at every step (variable projection with Kaufman's Jacobian, BIT 15, 49, 1975),
   theta by Levenberg-Marquardt with Marquardt's scaling from given starts. With nu > 0 the residuals follow Student's
   distribution with nu degrees of freedom, by reweighted least squares.

   Rows are contiguous in every column, so that all loops over rows become vector instructions.

   links: -lmvec */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && defined(__GLIBC__)
#if __GLIBC_PREREQ(2, 35)
/* The vector variants of glibc's libmvec, without the other liberties of -ffast-math. */
__attribute__((simd("notinbranch"))) double exp(double);
__attribute__((simd("notinbranch"))) double log(double);
__attribute__((simd("notinbranch"))) double sin(double);
__attribute__((simd("notinbranch"))) double cos(double);
__attribute__((simd("notinbranch"))) double tanh(double);
#endif
#endif

#define MOST 8   /* constants of a form */
#define DEEP 10  /* slots of the stack */
#define ROWS for (int i = 0; i < n; i++)

enum { INVERSE = 20, SQRT, SQUARE, LOG, ABS,
       SHIFT = 40, FLIP, POWER, EXP, WAVE, LOWER, UPPER, TANH, MONOMIAL = 50,
       TIMES = 60, OVER, PLUS, MIN, MAX, RAISED };

typedef struct { double *v, *d[MOST]; uint32_t has; } Slot;   /* a value, and its derivative by each constant it has */
typedef struct { int n, missing; double *memory, *spare; Slot s[DEEP]; } Stack;

static Stack *stack_for(int n) {
    Stack *w = malloc(sizeof(Stack));
    if (!w) return NULL;
    w->n = n;
    w->memory = malloc(sizeof(double) * (size_t)n * (DEEP * (MOST + 1) + 1));
    if (!w->memory) { free(w); return NULL; }
    double *at = w->memory;
    for (int i = 0; i < DEEP; i++) {
        w->s[i].v = at; at += n;
        for (int k = 0; k < MOST; k++) { w->s[i].d[k] = at; at += n; }
    }
    w->spare = at;
    return w;
}

static void release(Stack *w) { free(w->memory); free(w); }

/* By the bits of the exponent: compilers may reason sums of nan away. Beyond 2^277 counts as infinite, so that squares are
   finite. */
static int finite_all(const double *restrict x, int n) {
    int64_t bad = 0;
    ROWS { uint64_t u; memcpy(&u, x + i, sizeof u); bad |= ((u >> 52) & 0x7ff) > 1300; }
    return !bad;
}

#define CHAIN(FACTOR) for (int k = 0; k < MOST; k++) if (u->has >> k & 1) { double *restrict d = u->d[k]; ROWS d[i] *= (FACTOR); }
#define OWN(K) (u->has |= 1u << (K))

static void unary(Stack *w, Slot *u, int op, const double *th, int *q) {
    int n = w->n;
    double *restrict v = u->v, *restrict g = w->spare, c = op >= SHIFT ? th[*q] : 0;
    double *restrict e = *q < MOST ? u->d[*q] : NULL;
    switch (op) {
    case INVERSE: ROWS v[i] = 1 / v[i]; CHAIN(-v[i] * v[i]) return;
    case SQRT: ROWS v[i] = sqrt(v[i]); CHAIN(.5 / v[i]) return;
    case SQUARE: CHAIN(2 * v[i]) ROWS v[i] *= v[i]; return;
    case LOG: CHAIN(1 / v[i]) ROWS v[i] = log(v[i]); return;
    case ABS: CHAIN(v[i] < 0 ? -1. : 1.) ROWS v[i] = fabs(v[i]); return;
    case SHIFT: ROWS { v[i] += c; e[i] = 1; } break;
    case FLIP: CHAIN(-1.) ROWS { v[i] = c - v[i]; e[i] = 1; } break;
    case POWER:
        ROWS e[i] = log(v[i]);
        ROWS g[i] = exp(c * e[i]);
        CHAIN(c * g[i] / v[i])
        ROWS { e[i] *= g[i]; v[i] = g[i]; } break;
    case EXP:
        ROWS g[i] = exp(c * v[i]);
        CHAIN(c * g[i])
        ROWS { e[i] = v[i] * g[i]; v[i] = g[i]; } break;
    case TANH:
        ROWS g[i] = tanh(c * v[i]);
        CHAIN(c * (1 - g[i] * g[i]))
        ROWS { e[i] = v[i] * (1 - g[i] * g[i]); v[i] = g[i]; } break;
    case WAVE: {
        double phase = th[*q + 1], *restrict h = u->d[*q + 1];
        ROWS g[i] = c * v[i] + phase;
        ROWS h[i] = -sin(g[i]);
        CHAIN(c * h[i])
        ROWS e[i] = v[i] * h[i];
        ROWS v[i] = cos(g[i]);
        OWN(*q); (*q)++; break; }
    case LOWER: case UPPER: {
        double s = op == LOWER ? 1 : -1;
        w->missing |= !finite_all(v, n);
        CHAIN(s * v[i] <= s * c ? 1. : 0.)
        ROWS e[i] = s * v[i] <= s * c ? 0. : 1.;
        ROWS v[i] = s * v[i] <= s * c ? v[i] : c; break; }
    }
    OWN(*q); (*q)++;
}

static void binary(Stack *w, Slot *u, Slot *t, int op, const double *th, int *q) {
    int n = w->n;
    double *restrict a = u->v, *restrict b = t->v, *restrict g = w->spare;
    uint32_t both = u->has | t->has;
    for (int k = 0; k < MOST; k++) if (both >> k & 1) {
        if (!(u->has >> k & 1)) memset(u->d[k], 0, sizeof(double) * n);
        if (!(t->has >> k & 1)) memset(t->d[k], 0, sizeof(double) * n);
    }
#define EACH(BODY) for (int k = 0; k < MOST; k++) if (both >> k & 1) { double *restrict d = u->d[k], *restrict e = t->d[k]; ROWS BODY; }
    switch (op) {
    case TIMES: EACH(d[i] = d[i] * b[i] + a[i] * e[i]) ROWS a[i] *= b[i]; break;
    case OVER: ROWS g[i] = 1 / b[i]; ROWS a[i] *= g[i]; EACH(d[i] = (d[i] - a[i] * e[i]) * g[i]) break;
    case PLUS: {
        double c = th[*q];
        EACH(d[i] += c * e[i])
        memcpy(u->d[*q], b, sizeof(double) * n); both |= 1u << *q;
        ROWS a[i] += c * b[i];
        (*q)++; break; }
    case MIN: case MAX: {                               /* a value that is missing must not hide behind the other */
        double s = op == MIN ? 1 : -1;
        w->missing |= !finite_all(a, n) || !finite_all(b, n);
        EACH(d[i] = s * a[i] <= s * b[i] ? d[i] : e[i])
        ROWS a[i] = s * a[i] <= s * b[i] ? a[i] : b[i]; break; }
    case RAISED:
        ROWS g[i] = log(a[i]);
        EACH(d[i] = b[i] * d[i] / a[i] + g[i] * e[i])
        ROWS a[i] = exp(g[i] * b[i]);
        for (int k = 0; k < MOST; k++) if (both >> k & 1) { double *restrict d = u->d[k]; ROWS d[i] *= a[i]; }
        break;
    }
    u->has = both;
}

static void monomial(Stack *w, Slot *u, const double *X, int columns, const double *th, int *q) {
    int n = w->n;                                       /* prod_j x_j^theta_j */
    double *restrict v = u->v;
    u->has = 0;
    ROWS v[i] = 0;
    for (int k = 0; k < columns; k++) {
        const double *restrict x = X + (size_t)k * n;
        double *restrict d = u->d[*q + k], power = th[*q + k];
        ROWS { d[i] = log(x[i]); v[i] += power * d[i]; }
        OWN(*q + k);
    }
    ROWS v[i] = exp(v[i]);
    for (int k = 0; k < columns; k++) { double *restrict d = u->d[*q + k]; ROWS d[i] *= v[i]; }
    *q += columns;
}

/* The value and the derivatives are left in slot 0. Returns 1 where some row has no finite value. */
static int value(Stack *w, const uint8_t *code, int length, const double *th, const double *X, int columns) {
    int n = w->n, top = 0, q = 0;
    w->missing = 0;
    for (int c = 0; c < length; c++) {
        int op = code[c];
        if (op < INVERSE || op == MONOMIAL) {
            if (top == DEEP) return 1;
            Slot *u = &w->s[top++];
            if (op == MONOMIAL) { monomial(w, u, X, columns, th, &q); continue; }
            memcpy(u->v, X + (size_t)op * n, sizeof(double) * n);
            u->has = 0;
        } else if (op >= TIMES) { binary(w, &w->s[top - 2], &w->s[top - 1], op, th, &q); top--; }
        else unary(w, &w->s[top - 1], op, th, &q);
    }
    if (w->missing || !finite_all(w->s[0].v, n)) return 1;
    for (int k = 0; k < q; k++) if (!(w->s[0].has >> k & 1)) memset(w->s[0].d[k], 0, sizeof(double) * n);
    return 0;
}

typedef struct { const double *X, *y, *weight; int n, columns; double nu, stop; } Data;
typedef struct { double a, b, sum; } Line;              /* a + b f and its weighted sum of squares */

/* mode: bit 0, b is free (else 1); bit 1, a is free (else 0) */
static Line line_of(const double *restrict f, const Data *data, const double *restrict wt, int mode, double *restrict r) {
    const double *restrict y = data->y;
    int n = data->n;
    double sw = 0, sf = 0, sy = 0, ff = 0, fy = 0, sum = 0;
    ROWS { sw += wt[i]; sf += wt[i] * f[i]; sy += wt[i] * y[i]; }
    double mf = mode & 2 ? sf / sw : 0, my = mode & 2 ? sy / sw : 0;
    ROWS { double h = f[i] - mf; ff += wt[i] * h * h; fy += wt[i] * h * (y[i] - my); }
    double b = mode & 1 ? (ff > (1e-24 * mf * mf + 1e-60) * sw ? fy / ff : 0) : 1;
    double a = mode & 2 ? my - b * mf : 0;
    ROWS { r[i] = y[i] - a - b * f[i]; sum += wt[i] * r[i] * r[i]; }
    return (Line){a, b, sum};
}

/* A x = x in place by Cholesky; 1 where A is not positive definite. */
static int solve(double *A, double *x, int p) {
    for (int j = 0; j < p; j++) {
        for (int k = 0; k <= j; k++) {
            double s = A[j * p + k];
            for (int l = 0; l < k; l++) s -= A[j * p + l] * A[k * p + l];
            if (k < j) A[j * p + k] = s / A[k * p + k];
            else if (!(s > 0)) return 1;
            else A[j * p + j] = sqrt(s);
        }
    }
    for (int j = 0; j < p; j++) { for (int l = 0; l < j; l++) x[j] -= A[j * p + l] * x[l]; x[j] /= A[j * p + j]; }
    for (int j = p - 1; j >= 0; j--) { for (int l = j + 1; l < p; l++) x[j] -= A[l * p + j] * x[l]; x[j] /= A[j * p + j]; }
    return 0;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Student's negative log likelihood without its constants. */
static double student(const double *restrict r, int n, double nu, double s2) {
    double sum = 0;
    ROWS sum += log(1 + r[i] * r[i] / (nu * s2));
    return .5 * (nu + 1) * sum + .5 * n * log(s2);
}

typedef struct { double *r, *wt, *other, s2; } Rows;

static void reweigh(const Data *data, Rows *rows) {
    int n = data->n;
    for (int round = 0; round < 3; round++) {
        double sum = 0;
        ROWS { rows->wt[i] = data->weight[i] * (data->nu + 1) / (data->nu + rows->r[i] * rows->r[i] / rows->s2);
               sum += rows->wt[i] * rows->r[i] * rows->r[i]; }
        rows->s2 = sum / n + 1e-300;
    }
}

/* The normal equations of the projected problem: A step = G. 1 where a derivative is not finite. */
static int normal(Stack *w, const Data *data, const double *restrict wt, const double *restrict r, Line line, int mode,
                  const int *at, int m, double *A, double *G) {
    int n = data->n;
    double *restrict f = w->s[0].v, sw = 0, mf = 0, ff = 0;
    ROWS { sw += wt[i]; mf += wt[i] * f[i]; }
    mf = mode & 2 ? mf / sw : 0;
    ROWS { double h = f[i] - mf; ff += wt[i] * h * h; }
    for (int j = 0; j < m; j++) {
        double *restrict d = w->s[0].d[at[j]], md = 0, fd = 0;
        if (!finite_all(d, n)) return 1;
        if (mode & 2) { ROWS md += wt[i] * d[i]; md /= sw; }
        if (mode & 1) { ROWS fd += wt[i] * (f[i] - mf) * (d[i] - md); fd = ff > 0 ? fd / ff : 0; }
        ROWS d[i] = d[i] - md - fd * (f[i] - mf);
    }
    for (int j = 0; j < m; j++) {
        double *restrict d = w->s[0].d[at[j]], g = 0;
        ROWS g += wt[i] * d[i] * r[i];
        G[j] = line.b * g;
        for (int k = 0; k <= j; k++) {
            double *restrict e = w->s[0].d[at[k]], s = 0;
            ROWS s += wt[i] * d[i] * e[i];
            A[j * m + k] = A[k * m + j] = line.b * line.b * s;
        }
        A[j * m + j] += 1e-14 * (ff < sw ? ff : sw) * line.b * line.b + 1e-290;
    }
    return 0;
}

/* One start. Constants with free[k] = 0 are held. Returns the sum of squares, or Student's objective. */
static double fit(Stack *w, const uint8_t *code, int length, double *th, int p, const uint8_t *is_free, const Data *data,
                  int mode, int steps, Rows *rows, double *ab) {
    int n = data->n, at[MOST], m = 0;
    for (int k = 0; k < p; k++) if (is_free[k]) at[m++] = k;
    if (value(w, code, length, th, data->X, data->columns)) return INFINITY;
    memcpy(rows->wt, data->weight, sizeof(double) * n);
    Line line = line_of(w->s[0].v, data, rows->wt, mode, rows->r);
    if (data->nu > 0) {
        ROWS rows->other[i] = fabs(rows->r[i]);
        qsort(rows->other, n, sizeof(double), ascending);
        rows->s2 = rows->other[n / 2] * 1.4826; rows->s2 = rows->s2 * rows->s2 + 1e-300;
    }
    double damping = 1e-2;
    for (int step = 0; step < steps; step++) {
        if (data->nu > 0) { reweigh(data, rows); line = line_of(w->s[0].v, data, rows->wt, mode, rows->r); }
        if (!m) { if (data->nu > 0 && step < 12) continue; break; }
        if (line.sum < data->stop) break;
        double A[MOST * MOST], G[MOST];
        if (normal(w, data, rows->wt, rows->r, line, mode, at, m, A, G)) break;
        int moved = 0, still = 0;
        for (int trial = 0; trial < 6; trial++) {
            double B[MOST * MOST], x[MOST], next[MOST], largest = 0;
            memcpy(B, A, sizeof(double) * m * m); memcpy(x, G, sizeof(double) * m); memcpy(next, th, sizeof next);
            for (int j = 0; j < m; j++) B[j * m + j] *= 1 + damping;
            if (solve(B, x, m)) { damping = damping * 10 + 1e-6; continue; }
            for (int j = 0; j < m; j++) {
                next[at[j]] += x[j];
                double relative = fabs(x[j]) / (fabs(th[at[j]]) + 1e-3);
                if (relative > largest) largest = relative;
            }
            if (!value(w, code, length, next, data->X, data->columns)) {
                Line there = line_of(w->s[0].v, data, rows->wt, mode, rows->other);
                if (there.sum < line.sum) {
                    double gain = line.sum - there.sum;
                    still = (gain < 1e-9 * line.sum && largest < 1e-6 && step > 2) || (data->nu <= 0 && gain < 1e-12 * line.sum);
                    memcpy(th, next, sizeof next); memcpy(rows->r, rows->other, sizeof(double) * n);
                    line = there; damping = damping * .2 < 1e-12 ? 1e-12 : damping * .2; moved = 1;
                    break;
                }
            }
            damping = damping * 8 + 1e-9;
            if (largest < 1e-11) break;
        }
        if (!moved || still) break;
    }
    ab[0] = line.a; ab[1] = line.b;
    return data->nu > 0 ? student(rows->r, n, data->nu, rows->s2) : line.sum;
}

/* Every form over its starts, `steps` each, then `more` for the best. starts: rows of MOST doubles, those of form s are
   starts_at[s] .. starts_at[s + 1]. Returns 1 where memory ran out. */
int fit_forms(int forms, const uint8_t *code, const int *code_at, const int *constants, const uint8_t *is_free,
              const uint8_t *modes, const double *starts, const int *starts_at, const double *X, int columns,
              const double *y, const double *weight, int n, int steps, int more, double nu, double stop,
              double *objective, double *theta, double *linear) {
    Stack *w = stack_for(n);
    double *memory = malloc(sizeof(double) * 3 * (size_t)n);
    if (!w || !memory) { if (w) release(w); free(memory); return 1; }
    Rows rows = {memory, memory + n, memory + 2 * (size_t)n, 0};
    Data data = {X, y, weight, n, columns, nu, stop};
    for (int s = 0; s < forms; s++) {
        const uint8_t *own = code + code_at[s];
        int length = code_at[s + 1] - code_at[s], p = constants[s];
        double *best = theta + (size_t)s * MOST, *ab = linear + 2 * (size_t)s, at[MOST], line[2];
        objective[s] = INFINITY;
        for (int q = starts_at[s]; q < starts_at[s + 1]; q++) {
            memcpy(at, starts + (size_t)q * MOST, sizeof at);
            double found = fit(w, own, length, at, p, is_free + (size_t)s * MOST, &data, modes[s], steps, &rows, line);
            if (found < objective[s]) { objective[s] = found; memcpy(best, at, sizeof at); memcpy(ab, line, sizeof line); }
            if (nu <= 0 && objective[s] < stop) break;
        }
        if (more && p && objective[s] < 1e300 && (nu > 0 || objective[s] > stop)) {
            memcpy(at, best, sizeof at);
            double found = fit(w, own, length, at, p, is_free + (size_t)s * MOST, &data, modes[s], more, &rows, line);
            if (found <= objective[s]) { objective[s] = found; memcpy(best, at, sizeof at); memcpy(ab, line, sizeof line); }
        }
    }
    release(w); free(memory);
    return 0;
}

/* Value and derivatives of one form: out is (1 + MOST) x n. Returns 1 where a row has no finite value. */
int derivatives(const uint8_t *code, int length, int constants, const double *theta, const double *X, int columns, int n,
                double *out) {
    Stack *w = stack_for(n);
    if (!w) return 1;
    int failed = value(w, code, length, theta, X, columns);
    if (!failed) {
        memcpy(out, w->s[0].v, sizeof(double) * n);
        for (int k = 0; k < constants; k++) memcpy(out + (size_t)(k + 1) * n, w->s[0].d[k], sizeof(double) * n);
    }
    release(w);
    return failed;
}
