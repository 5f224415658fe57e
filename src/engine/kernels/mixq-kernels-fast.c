/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fast kernels. Compiled once per CPU level with MIXQ_KERNELS_TABLE as the name of the table (see meson.build). */
#include "kernels/mixq-kernels.h"

#include <math.h>
#include <string.h>

#include "kernels/mixq-vector.h"

/* Entries ahead whose row is fetched: worth 1.3x to 2x once the gathered matrix leaves the L2 cache. */
#define PREFETCH_AHEAD 8
#define FLOATS_PER_LINE 16

/* --- sparse products ------------------------------------------------------------------------------------------ */

/*
 * A panel of W vectors of one row, and of the last @tail columns where TAIL says so: the accumulators stay in registers.
 * @known: entries from @col on that may be looked at, those of rows behind this one included.
 */
#define DEFINE_SPMM_PANEL(NAME, W, TAIL)                                                                     \
  INLINE void NAME (const guint32 *col, const float *value, gsize n, gsize known, const float *x, gsize d,   \
                    gsize tail, float *y)                                                                    \
  {                                                                                                          \
    vf acc[W + TAIL];                                                                                        \
    for (int w = 0; w < W + TAIL; w++)                                                                       \
      acc[w] = splat (0);                                                                                    \
    for (gsize e = 0; e < n; e++) {                                                                          \
      const float *row = x + (gsize) col[e] * d;                                                             \
      vf a = splat (value[e]);                                                                               \
      if (e + PREFETCH_AHEAD < known) {                                                                      \
        const float *ahead = x + (gsize) col[e + PREFETCH_AHEAD] * d;                                        \
        for (int w = 0; w < (W + TAIL) * LANES; w += FLOATS_PER_LINE)                                        \
          __builtin_prefetch (ahead + w);                                                                    \
      }                                                                                                      \
      for (int w = 0; w < W; w++)                                                                            \
        acc[w] += a * load (row + w * LANES);                                                                \
      if (TAIL)                                                                                              \
        acc[W + TAIL - 1] += a * load_part (row + W * LANES, tail);                                          \
    }                                                                                                        \
    for (int w = 0; w < W; w++)                                                                              \
      store (y + w * LANES, acc[w]);                                                                         \
    if (TAIL)                                                                                                \
      store_part (y + W * LANES, acc[W + TAIL - 1], tail);                                                   \
  }
DEFINE_SPMM_PANEL (spmm_panel_8, 8, 0)
DEFINE_SPMM_PANEL (spmm_panel_4, 4, 0)
DEFINE_SPMM_PANEL (spmm_panel_2, 2, 0)
DEFINE_SPMM_PANEL (spmm_panel_1, 1, 0)
DEFINE_SPMM_PANEL (spmm_last_2, 2, 1)
DEFINE_SPMM_PANEL (spmm_last_1, 1, 1)
DEFINE_SPMM_PANEL (spmm_last_0, 0, 1)

/* Entries of the rows and of those between them. */
INLINE gsize
entries_up_to (const gsize *row_ptr, MixqRows rows)
{
  return rows.n > 0 ? row_ptr[mixq_rows_at (rows, rows.n - 1) + 1] : 0;
}

/* @width vectors of columns, and @tail more behind them: the last ones. */
static void
spmm_columns (const gsize *row_ptr,
              const guint32 *col,
              const float *value,
              MixqRows rows,
              const float *x,
              gsize d,
              float *y,
              gsize from,
              int width,
              gsize tail)
{
  gsize end = entries_up_to (row_ptr, rows);

  for (gsize i = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i), e = row_ptr[r], n = row_ptr[r + 1] - e;
    float *out = y + r * d + from;

#define PANEL(NAME)                                                                                          \
  NAME (col + e, value + e, n, end - e, x + from, d, tail, out);                                             \
  break
    switch (tail > 0 ? -width : width) {
    case 8:
      PANEL (spmm_panel_8);
    case 4:
      PANEL (spmm_panel_4);
    case 2:
      PANEL (spmm_panel_2);
    case 1:
      PANEL (spmm_panel_1);
    case -2:
      PANEL (spmm_last_2);
    case -1:
      PANEL (spmm_last_1);
    default:
      PANEL (spmm_last_0);
    }
#undef PANEL
  }
}

static void
spmm (const gsize *row_ptr,
      const guint32 *col,
      const float *value,
      MixqRows rows,
      const float *x,
      gsize d,
      float *y)
{
  gsize from = 0, tail = d % LANES;

  /* Wide panels read an index once for many columns; 128 columns of a feature-sized matrix still fit the L2. */
  for (int width = 8; width > 0; width /= 2)
    for (gsize panel = (gsize) width * LANES; from + panel <= d && (tail == 0 || d - from >= 3 * LANES);
         from += panel)
      spmm_columns (row_ptr, col, value, rows, x, d, y, from, width, 0);
  if (from < d) /* up to two vectors and a tail take one sweep */
    spmm_columns (row_ptr, col, value, rows, x, d, y, from, (int) ((d - from) / LANES), tail);
}

INLINE float
dot (const float *a, const float *b, gsize d)
{
  vf acc0 = splat (0), acc1 = splat (0);
  gsize c = 0;

  for (; c + 2 * LANES <= d; c += 2 * LANES) {
    acc0 += load (a + c) * load (b + c);
    acc1 += load (a + c + LANES) * load (b + c + LANES);
  }
  for (; c + LANES <= d; c += LANES)
    acc0 += load (a + c) * load (b + c);
  if (c < d)
    acc1 += load_part (a + c, d - c) * load_part (b + c, d - c);
  return vsum (acc0 + acc1);
}

static void
sddmm (const gsize *row_ptr,
       const guint32 *col,
       MixqRows rows,
       const float *a,
       const float *b,
       gsize d,
       float *out)
{
  gsize known = entries_up_to (row_ptr, rows);

  for (gsize i = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i);

    for (gsize e = row_ptr[r]; e < row_ptr[r + 1]; e++) {
      if (e + PREFETCH_AHEAD < known)
        for (gsize c = 0; c < d; c += FLOATS_PER_LINE)
          __builtin_prefetch (b + (gsize) col[e + PREFETCH_AHEAD] * d + c);
      out[e] = dot (a + r * d, b + (gsize) col[e] * d, d);
    }
  }
}

/* y = a x for the first entry of a row, then y += a x; returns x . b in the order of dot(). */
INLINE float
add_and_dot (gboolean first, float a, const float *x, const float *b, gsize d, float *y)
{
  vf acc[2] = { splat (0), splat (0) }, factor = splat (a);
  gsize c = 0;

  for (; c + 2 * LANES <= d; c += 2 * LANES)
    for (int i = 0; i < 2; i++) {
      vf from = load (x + c + i * LANES), sum = first ? splat (0) : load (y + c + i * LANES);

      store (y + c + i * LANES, sum + factor * from);
      acc[i] += from * load (b + c + i * LANES);
    }
  for (; c + LANES <= d; c += LANES) {
    vf from = load (x + c), sum = first ? splat (0) : load (y + c);

    store (y + c, sum + factor * from);
    acc[0] += from * load (b + c);
  }
  if (c < d) {
    vf from = load_part (x + c, d - c), sum = first ? splat (0) : load_part (y + c, d - c);

    store_part (y + c, sum + factor * from, d - c);
    acc[1] += from * load_part (b + c, d - c);
  }
  return vsum (acc[0] + acc[1]);
}

static void
spmm_dots (const gsize *row_ptr,
           const guint32 *col,
           const float *value,
           const gsize *place,
           MixqRows rows,
           const float *x,
           const float *b,
           gsize d,
           float *y,
           float *out)
{
  gsize known = entries_up_to (row_ptr, rows);

  for (gsize i = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i), from = row_ptr[r], end = row_ptr[r + 1];

    if (from == end)
      memset (y + r * d, 0, d * sizeof *y);
    for (gsize e = from; e < end; e++) {
      const float *row = x + (gsize) col[e] * d;

      if (e + PREFETCH_AHEAD < known)
        for (gsize c = 0; c < d; c += FLOATS_PER_LINE)
          __builtin_prefetch (x + (gsize) col[e + PREFETCH_AHEAD] * d + c);
      out[place != NULL ? place[e] : e] = e == from
                                              ? add_and_dot (TRUE, value[e], row, b + r * d, d, y + r * d)
                                              : add_and_dot (FALSE, value[e], row, b + r * d, d, y + r * d);
    }
  }
}

/* --- narrow dense products: a row of w is one or a few registers ------------------------------------------------ */

#define NARROW_VECTORS (MIXQ_NARROW / LANES)
/* Rows at a time: as many sums as there are registers for. */
#define NARROW_ROWS(V) (LANES == 16 ? 6 : V <= 2 ? 4 : V <= 6 ? 2 : 1)
#define MOST_NARROW_ROWS 6

/* w padded to whole vectors, so that no load is partial. Returns: (transfer full) */
static float *
narrow_pad (gsize k, gsize d, const float *w, gsize width)
{
  float *padded = g_new0 (float, MAX (k, 1) * width);

  for (gsize f = 0; f < k; f++)
    memcpy (padded + f * width, w + f * d, d * sizeof *w);
  return padded;
}

INLINE void
narrow_rows (int n, int V, const float *const *x, gsize k, gsize d, const float *w, float *const *y)
{
  vf acc[MOST_NARROW_ROWS][MIXQ_NARROW_FORWARD / LANES];

  for (int i = 0; i < n; i++)
    for (int v = 0; v < V; v++)
      acc[i][v] = splat (0);
  for (gsize f = 0; f < k; f++)
    for (int i = 0; i < n; i++)
      for (int v = 0; v < V; v++)
        acc[i][v] += splat (x[i][f]) * load (w + (f * (gsize) V + (gsize) v) * LANES);
  for (int i = 0; i < n; i++) {
    float lane[MIXQ_NARROW_FORWARD];

    for (int v = 0; v < V; v++)
      store (lane + v * LANES, acc[i][v]);
    memcpy (y[i], lane, d * sizeof *lane);
  }
}

INLINE void
narrow_panel (int V, MixqRows rows, gsize k, gsize d, const float *x, const float *w, float *y)
{
  g_autofree float *padded = narrow_pad (k, d, w, (gsize) V * LANES);

  for (gsize i = 0; i < rows.n; i += NARROW_ROWS (V)) {
    const float *from[MOST_NARROW_ROWS];
    float *to[MOST_NARROW_ROWS];
    gsize n = MIN (NARROW_ROWS (V), rows.n - i);

    for (gsize j = 0; j < n; j++) {
      from[j] = x + mixq_rows_at (rows, i + j) * k;
      to[j] = y + mixq_rows_at (rows, i + j) * d;
    }
    if (n == NARROW_ROWS (V))
      narrow_rows (NARROW_ROWS (V), V, from, k, d, padded, to);
    else
      for (gsize j = 0; j < n; j++)
        narrow_rows (1, V, from + j, k, d, padded, to + j);
  }
}

static void
narrow_forward (MixqRows rows, gsize k, gsize d, const float *x, const float *w, float *y)
{
  gsize vectors = (d + LANES - 1) / LANES;

  if (vectors <= 1)
    narrow_panel (1, rows, k, d, x, w, y);
  else if (vectors == 2)
    narrow_panel (2, rows, k, d, x, w, y);
  else if (vectors == 3)
    narrow_panel (3, rows, k, d, x, w, y);
#if LANES < 16
  else if (vectors == 4)
    narrow_panel (4, rows, k, d, x, w, y);
  else if (vectors <= 6)
    narrow_panel (6, rows, k, d, x, w, y);
#endif
#if LANES < 8
  else
    narrow_panel (12, rows, k, d, x, w, y);
#endif
}

/* dx[f] = sum_c g[c] wt[c][f]: the columns of w as rows. */
INLINE void
narrow_input_gradient (gsize k, gsize d, const float *transposed, const float *g, float *dx)
{
  gsize f = 0;

  for (; f + LANES <= k; f += LANES) {
    vf acc = splat (0);
    for (gsize c = 0; c < d; c++)
      acc += splat (g[c]) * load (transposed + c * k + f);
    store (dx + f, acc);
  }
  if (f < k) {
    vf acc = splat (0);
    for (gsize c = 0; c < d; c++)
      acc += splat (g[c]) * load_part (transposed + c * k + f, k - f);
    store_part (dx + f, acc, k - f);
  }
}

static void
narrow_backward (MixqRows rows,
                 gsize k,
                 gsize d,
                 const float *x,
                 const float *w,
                 const float *g,
                 float *dx,
                 float *dw)
{
  g_autofree float *transposed = g_new (float, MAX (k * d, 1));
  g_autofree float *sum = g_new0 (float, MAX (k, 1) * MIXQ_NARROW);

  for (gsize f = 0; f < k; f++)
    for (gsize c = 0; c < d; c++)
      transposed[c * k + f] = w[f * d + c];
  for (gsize i = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i);
    float lane[MIXQ_NARROW] = { 0 };
    vf grad[NARROW_VECTORS];

    memcpy (lane, g + r * d, d * sizeof *lane);
    for (int v = 0; v < NARROW_VECTORS; v++)
      grad[v] = load (lane + v * LANES);
    for (gsize f = 0; f < k; f++)
      for (int v = 0; v < NARROW_VECTORS; v++) {
        float *at = sum + f * MIXQ_NARROW + v * LANES;
        store (at, load (at) + splat (x[r * k + f]) * grad[v]);
      }
    narrow_input_gradient (k, d, transposed, g + r * d, dx + r * k);
  }
  for (gsize f = 0; f < k; f++)
    memcpy (dw + f * d, sum + f * MIXQ_NARROW, d * sizeof *dw);
}

/* --- mixtures of quantizers ----------------------------------------------------------------------------------- */

/* One choice of a mixture: the same for all columns, or at some of them. */
typedef struct
{
  vf p, lo, hi, scale, inv, zero;
} Choice;

INLINE vf
param (const float *array, gboolean columns, gsize at, gsize c)
{
  return columns ? load (array + c) : splat (array[at]);
}

/* Per tensor and per row it stays as it is along a row: set outside the loop, it stays in registers. */
INLINE void
set_choices (const MixqMix *mix, guint K, gboolean columns, gsize at, gsize c, Choice *choice)
{
  for (guint k = 0; k < K; k++)
    choice[k] = (Choice){ .p = splat (mix->p[k]),
                          .lo = splat (mix->lo[k]),
                          .hi = splat (mix->hi[k]),
                          .scale = param (mix->scale[k], columns, at, c),
                          .inv = param (mix->inv[k], columns, at, c),
                          .zero = param (mix->zero[k], columns, at, c) };
}

INLINE vf
mix_vector (const Choice *choice, guint K, vf x)
{
  vf sum = splat (0);

  for (guint k = 0; k < K; k++) {
    const Choice *o = &choice[k];
    vf q = vround (vmin (vmax (x * o->inv + o->zero, o->lo), o->hi));
    sum += (o->p * o->scale) * (q - o->zero);
  }
  return sum;
}

INLINE void
mix_forward_row (const MixqMix *mix, guint K, gboolean columns, gsize at, gsize d, const float *x, float *y)
{
  Choice choice[MIXQ_MIX_MAX];
  gsize c = 0;

  if (!columns)
    set_choices (mix, K, FALSE, at, 0, choice);
  for (; c + LANES <= d; c += LANES) {
    if (columns)
      set_choices (mix, K, TRUE, at, c, choice);
    store (y + c, mix_vector (choice, K, load (x + c)));
  }
  if (c == d)
    return;
  if (columns)
    set_choices (mix, K, TRUE, at, c, choice);
  store_part (y + c, mix_vector (choice, K, load_part (x + c, d - c)), d - c);
}

/* One scale for all and no gaps between the rows: the rows are one long row. */
INLINE gboolean
is_flat (const MixqMix *mix, MixqRows rows)
{
  return mix->granularity == MIXQ_PER_TENSOR && rows.index == NULL;
}

INLINE void
mix_forward_rows (const MixqMix *mix,
                  guint K,
                  gboolean columns,
                  MixqRows rows,
                  gsize d,
                  const float *x,
                  float *y)
{
  if (is_flat (mix, rows)) {
    mix_forward_row (mix, K, FALSE, 0, rows.n * d, x + rows.start * d, y + rows.start * d);
    return;
  }
  for (gsize i = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i);
    gsize at = mix->granularity == MIXQ_PER_ROW ? r : 0;

    mix_forward_row (mix, K, columns, at, d, x + r * d, y + r * d);
  }
}

static void
mix_forward (const MixqMix *mix, MixqRows rows, gsize d, const float *x, float *y)
{
  gboolean columns = mix->granularity == MIXQ_PER_COLUMN;

#define FORWARD(K)                                                                                           \
  if (columns)                                                                                               \
    mix_forward_rows (mix, K, TRUE, rows, d, x, y);                                                          \
  else                                                                                                       \
    mix_forward_rows (mix, K, FALSE, rows, d, x, y);                                                         \
  break
  switch (mix->n) {
  case 1:
    FORWARD (1);
  case 2:
    FORWARD (2);
  case 3:
    FORWARD (3);
  default:
    FORWARD (mix->n);
  }
#undef FORWARD
}

INLINE vf
mix_gradient (const Choice *choice, guint K, vf x, vf grad, vf *acc)
{
  vf pass = splat (0);

  for (guint k = 0; k < K; k++) {
    const Choice *o = &choice[k];
    vf u = x * o->inv + o->zero, v = vmin (vmax (u, o->lo), o->hi);

    pass += vkeep (v == u, o->p); /* in range: the clip changed nothing */
    if (acc != NULL)
      acc[k] += grad * (o->scale * (vround (v) - o->zero));
  }
  return grad * pass;
}

INLINE void
mix_backward_row (const MixqMix *mix,
                  guint K,
                  gboolean columns,
                  gsize at,
                  gsize d,
                  const float *x,
                  const float *g,
                  float *dx,
                  vf *acc)
{
  Choice choice[MIXQ_MIX_MAX];
  gsize c = 0;

  if (!columns)
    set_choices (mix, K, FALSE, at, 0, choice);
  for (; c + LANES <= d; c += LANES) {
    if (columns)
      set_choices (mix, K, TRUE, at, c, choice);
    store (dx + c, mix_gradient (choice, K, load (x + c), load (g + c), acc));
  }
  if (c == d)
    return;
  if (columns)
    set_choices (mix, K, TRUE, at, c, choice);
  store_part (dx + c, mix_gradient (choice, K, load_part (x + c, d - c), load_part (g + c, d - c), acc),
              d - c);
}

/* Sums of a few thousand products stay in float vectors; rows and pieces are added in double. */
#define FLAT_PIECE 4096

INLINE void
mix_backward_rows (const MixqMix *mix,
                   guint K,
                   gboolean columns,
                   MixqRows rows,
                   gsize d,
                   const float *x,
                   const float *g,
                   float *dx,
                   double *dots)
{
  gboolean flat = is_flat (mix, rows);
  gsize total = rows.n * d, pieces = flat ? (total + FLAT_PIECE - 1) / FLAT_PIECE : rows.n;

  for (gsize i = 0; i < pieces; i++) {
    gsize r = flat ? 0 : mixq_rows_at (rows, i);
    gsize from = flat ? rows.start * d + i * FLAT_PIECE : r * d;
    gsize n = flat ? MIN (FLAT_PIECE, total - i * FLAT_PIECE) : d;
    gsize at = mix->granularity == MIXQ_PER_ROW ? r : 0;
    vf acc[MIXQ_MIX_MAX];

    for (guint k = 0; k < K; k++)
      acc[k] = splat (0);
    mix_backward_row (mix, K, columns, at, n, x + from, g + from, dx + from, dots != NULL ? acc : NULL);
    for (guint k = 0; dots != NULL && k < K; k++)
      dots[k] += (double) vsum (acc[k]);
  }
}

static void
mix_backward (const MixqMix *mix,
              MixqRows rows,
              gsize d,
              const float *x,
              const float *g,
              float *dx,
              double *dots)
{
  gboolean columns = mix->granularity == MIXQ_PER_COLUMN;

#define BACKWARD(K, DOTS)                                                                                    \
  do {                                                                                                       \
    if (columns)                                                                                             \
      mix_backward_rows (mix, K, TRUE, rows, d, x, g, dx, DOTS);                                             \
    else                                                                                                     \
      mix_backward_rows (mix, K, FALSE, rows, d, x, g, dx, DOTS);                                            \
  } while (0)
  if (mix->n == 1 && dots == NULL)
    BACKWARD (1, NULL);
  else if (mix->n == 3 && dots != NULL)
    BACKWARD (3, dots);
  else if (mix->n == 2 && dots != NULL)
    BACKWARD (2, dots);
  else
    BACKWARD (mix->n, dots);
#undef BACKWARD
}

/* g ((q - z) - u) in range, g (q - z) clipped: what the scale of choice k gets from one vector. */
INLINE vf
step_gradient (const MixqMix *mix, guint k, gboolean columns, gsize at, gsize c, vf x, vf g)
{
  vf z = param (mix->zero[k], columns, at, c), u = x * param (mix->inv[k], columns, at, c), v = u + z;
  vf lo = splat (mix->lo[k]), hi = splat (mix->hi[k]);

  return g * ((vround (vmin (vmax (v, lo), hi)) - z) - vkeep ((v >= lo) & (v <= hi), u));
}

/* One scale for @n entries. */
INLINE double
step_sum (const MixqMix *mix, guint k, gsize at, gsize n, const float *x, const float *g)
{
  double total = 0;
  gsize c = 0;

  while (c + LANES <= n) {
    gsize end = MIN (c + FLAT_PIECE, n);
    vf acc = splat (0);

    for (; c + LANES <= end; c += LANES)
      acc += step_gradient (mix, k, FALSE, at, c, load (x + c), load (g + c));
    total += (double) vsum (acc);
  }
  if (c < n)
    total += (double) vsum (
        step_gradient (mix, k, FALSE, at, c, load_part (x + c, n - c), load_part (g + c, n - c)));
  return total;
}

/* Rows whose terms one float sum a column takes before it is added in double. */
#define STEP_ROWS 64

/* One scale a column: float sums of some rows side by side. @part: d floats of room, padded to whole vectors. */
static void
step_columns (const MixqMix *mix,
              guint k,
              MixqRows rows,
              gsize d,
              const float *x,
              const float *g,
              float *part,
              double *sum)
{
  for (gsize from = 0; from < rows.n; from += STEP_ROWS) {
    memset (part, 0, d * sizeof *part);
    for (gsize i = from; i < MIN (from + STEP_ROWS, rows.n); i++) {
      gsize base = mixq_rows_at (rows, i) * d, c = 0;

      for (; c + LANES <= d; c += LANES)
        store (part + c, load (part + c) +
                             step_gradient (mix, k, TRUE, 0, c, load (x + base + c), load (g + base + c)));
      if (c < d)
        store_part (part + c,
                    load_part (part + c, d - c) + step_gradient (mix, k, TRUE, 0, c,
                                                                 load_part (x + base + c, d - c),
                                                                 load_part (g + base + c, d - c)),
                    d - c);
    }
    for (gsize c = 0; c < d; c++)
      sum[c] += (double) part[c];
  }
}

static void
mix_steps (const MixqMix *mix, MixqRows rows, gsize d, const float *x, const float *g, double *const *sum)
{
  g_autofree float *part = mix->granularity == MIXQ_PER_COLUMN ? g_new (float, MAX (d, 1)) : NULL;

  for (guint k = 0; k < mix->n; k++)
    if (part != NULL)
      step_columns (mix, k, rows, d, x, g, part, sum[k]);
    else if (is_flat (mix, rows))
      sum[k][0] += step_sum (mix, k, 0, rows.n * d, x + rows.start * d, g + rows.start * d);
    else
      for (gsize i = 0; i < rows.n; i++) {
        gsize r = mixq_rows_at (rows, i), at = mix->granularity == MIXQ_PER_ROW ? r : 0;

        sum[k][at] += step_sum (mix, k, at, d, x + r * d, g + r * d);
      }
}

/* --- elementwise ---------------------------------------------------------------------------------------------- */

/* Rows without gaps are one long row. */
#define FOR_EACH_RUN(rows, d, base, n)                                                                       \
  for (gsize run = 0, runs = (rows).index != NULL ? (rows).n : MIN ((rows).n, 1),                            \
             n = (rows).index != NULL ? (d) : (rows).n * (d), base = 0;                                      \
       run < runs && (base = mixq_rows_at (rows, run) * (d), TRUE); run++)

static void
relu_forward (MixqRows rows, gsize d, const float *x, float *y)
{
  FOR_EACH_RUN (rows, d, base, n)
  for (gsize c = 0; c < n; c++)
    y[base + c] = x[base + c] > 0 ? x[base + c] : 0;
}

static void
relu_backward (MixqRows rows, gsize d, const float *y, const float *g, float *dx)
{
  FOR_EACH_RUN (rows, d, base, n)
  for (gsize c = 0; c < n; c++)
    dx[base + c] = y[base + c] > 0 ? g[base + c] : 0;
}

/* A 32-bit finaliser (lowbias32) over the element number mixed with the key: random access, no state. */
INLINE guint32
hash32 (guint32 x)
{
  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= x >> 15;
  x *= 0x846ca68bu;
  x ^= x >> 16;
  return x;
}

static void
dropout (MixqRows rows, gsize d, float keep, guint64 key, const float *x, float *y)
{
  guint32 low = (guint32) key, high = (guint32) (key >> 32);
  guint32 limit = (guint32) (MIN (keep, 0.99999994f) * 4294967296.0);
  float factor = 1.0f / keep;

  if (keep >= 1.0f) {
    for (gsize i = 0; y != x && i < rows.n; i++)
      memcpy (y + mixq_rows_at (rows, i) * d, x + mixq_rows_at (rows, i) * d, d * sizeof *y);
    return;
  }
  for (gsize i = 0; i < rows.n; i++) {
    gsize r = mixq_rows_at (rows, i), base = r * d;
    guint32 row_key = hash32 ((guint32) r * 0x9e3779b9u + low) ^ high;

    for (gsize c = 0; c < d; c++)
      y[base + c] = hash32 (row_key + (guint32) c * 0x85ebca6bu) <= limit ? x[base + c] * factor : 0;
  }
}

static void
adam (const MixqAdam *a,
      gsize n,
      float *restrict w,
      const float *restrict g,
      float *restrict m,
      float *restrict v)
{
  float beta1 = a->beta1, beta2 = a->beta2, keep1 = 1.0f - beta1, keep2 = 1.0f - beta2;
  float decay = a->decay, step = a->step, correct = a->v_correct, eps = a->eps;

  for (gsize i = 0; i < n; i++) {
    float grad = g[i] + decay * w[i];
    float first = beta1 * m[i] + keep1 * grad;
    float second = beta2 * v[i] + keep2 * grad * grad;

    m[i] = first;
    v[i] = second;
    w[i] -= step * first / (sqrtf (second * correct) + eps);
  }
}

static void
column_sums (MixqRows rows, gsize d, const float *g, const float *x, double *sum_g, double *sum_gx)
{
  for (gsize i = 0; i < rows.n; i++) {
    gsize base = mixq_rows_at (rows, i) * d;

    for (gsize c = 0; c < d; c++) {
      sum_g[c] += (double) g[base + c];
      sum_gx[c] += (double) g[base + c] * (double) x[base + c];
    }
  }
}

INLINE vf
square_error (vf x, float scale, float inv, float zero, float lo, float hi)
{
  vf q = vround (vmin (vmax (x * inv + zero, splat (lo)), splat (hi)));
  vf e = (q - zero) * scale - x;

  return e * e;
}

static double
quantize_error (gsize n, const float *x, const float *weight, float scale, float zero, float lo, float hi)
{
  float inv = 1.0f / scale;
  double total = 0;
  gsize i = 0;

  while (i + LANES <= n) {
    gsize end = MIN (i + FLAT_PIECE, n);
    vf acc = splat (0);

    for (; i + LANES <= end; i += LANES) {
      vf e = square_error (load (x + i), scale, inv, zero, lo, hi);
      if (weight != NULL)
        e *= load (weight + i);
      acc += e;
    }
    total += (double) vsum (acc);
  }
  for (; i < n; i++) {
    vf e = square_error (load_part (x + i, 1), scale, inv, zero, lo, hi);
    total += (double) (weight != NULL ? e[0] * weight[i] : e[0]);
  }
  return total;
}

extern const MixqKernels MIXQ_KERNELS_TABLE;
const MixqKernels MIXQ_KERNELS_TABLE = {
  .name = MIXQ_KERNELS_NAME,
  .spmm = spmm,
  .sddmm = sddmm,
  .spmm_dots = spmm_dots,
  .mix_forward = mix_forward,
  .mix_backward = mix_backward,
  .mix_steps = mix_steps,
  .relu_forward = relu_forward,
  .relu_backward = relu_backward,
  .dropout = dropout,
  .narrow_forward = narrow_forward,
  .narrow_backward = narrow_backward,
  .adam = adam,
  .column_sums = column_sums,
  .quantize_error = quantize_error,
};
