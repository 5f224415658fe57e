/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mixtures of quantizers and the error of one: every level against the naive reference in double. */
#include "levels.h"

#define WIDEST 130
/* Padding that vector loads of parameters may touch, as mixq_quantizer_init() pads. */
#define PADDED ((WIDEST + 15) / 16 * 16)
/* v = x / s + z in float is off by about three roundings of its parts; nothing random is put nearer than this to a
 * step (rounding ties and clip bounds have tests of their own, on exact numbers). */
#define STEP_MARGIN (4 * (double) FLT_EPSILON)
/* The float sum of up to 9 terms of size p s |q - z|, and of the row's products for the dots. */
#define TERM_BOUND (12 * (double) FLT_EPSILON)
/* A block of 4096 squares in 8 float lanes: 512 roundings a lane, and each square has a handful. */
#define ERROR_BOUND (600 * (double) FLT_EPSILON)

static const guint8 widths[MIXQ_MIX_MAX] = { 2, 4, 8, 3, 5, 6, 7, 16, 1 };

/* A mixture with room for every granularity over N_ROWS x WIDEST. */
typedef struct
{
  MixqMix mix;
  float scale[MIXQ_MIX_MAX][PADDED], inv[MIXQ_MIX_MAX][PADDED], zero[MIXQ_MIX_MAX][PADDED];
} Mixture;

static void
mixture_init (Mixture *self, MixqRandom *random, guint n, MixqGranularity granularity)
{
  double total = 0;

  self->mix = (MixqMix){ .n = n, .granularity = granularity };
  for (guint k = 0; k < n; k++) {
    gboolean is_signed = k % 2;
    double levels = ldexp (1, widths[k]) - 1;

    self->mix.lo[k] = is_signed ? -ldexpf (1, widths[k] - 1) : 0;
    self->mix.hi[k] = self->mix.lo[k] + (float) levels;
    self->mix.scale[k] = self->scale[k];
    self->mix.inv[k] = self->inv[k];
    self->mix.zero[k] = self->zero[k];
    for (gsize i = 0; i < PADDED; i++) {
      self->scale[k][i] = (float) (random_between (random, 1.2, 2) / levels);
      self->inv[k][i] = 1.0f / self->scale[k][i];
      self->zero[k][i] = widths[k] == 1 ? 0.5f /* a sign */
                                        : nearbyintf (self->mix.lo[k] +
                                                      (float) (levels * random_between (random, 0.2, 0.8)));
    }
    total += self->mix.p[k] = (float) random_between (random, 0.1, 1);
  }
  for (guint k = 0; k < n; k++)
    self->mix.p[k] /= (float) total;
}

static gsize
param_at (const MixqMix *mix, gsize r, gsize c)
{
  return mix->granularity == MIXQ_PER_ROW ? r : mix->granularity == MIXQ_PER_COLUMN ? c : 0;
}

static gboolean
is_near_step (const MixqMix *mix, gsize at, double x)
{
  for (guint k = 0; k < mix->n; k++) {
    double z = (double) mix->zero[k][at], u = x / (double) mix->scale[k][at], v = z + u;
    double margin = STEP_MARGIN * (fabs (u) + fabs (z) + 1);

    if (fabs (v - floor (v) - 0.5) <= margin || fabs (v - (double) mix->lo[k]) <= margin ||
        fabs (v - (double) mix->hi[k]) <= margin)
      return TRUE;
  }
  return FALSE;
}

/* Values in and around the ranges, a third of them clipped. */
static float *
random_input (MixqRandom *random, const MixqMix *mix, gsize d)
{
  float *x = g_new (float, N_ROWS *d);

  for (gsize r = 0; r < N_ROWS; r++)
    for (gsize c = 0; c < d; c++)
      do
        x[r * d + c] = (float) random_between (random, -1.5, 1.5);
      while (is_near_step (mix, param_at (mix, r, c), (double) x[r * d + c]));
  return x;
}

/* Largest possible p s |q - z| summed over the choices. */
static double
largest_value (const MixqMix *mix, gsize at)
{
  double sum = 0;

  for (guint k = 0; k < mix->n; k++)
    sum += (double) (mix->p[k] * mix->scale[k][at] * (mix->hi[k] - mix->lo[k]));
  return sum;
}

static void
check_forward (const MixqKernels *kernels, const MixqMix *mix, MixqRows rows, gsize d, const float *x)
{
  gsize n = N_ROWS * d;
  g_autofree float *y = filled (n, SENTINEL), *ref = filled (n, SENTINEL),
                   *in_place = g_memdup2 (x, n * sizeof *x);

  kernels->mix_forward (mix, rows, d, x, y);
  mixq_kernels_ref.mix_forward (mix, rows, d, x, ref);
  for (gsize r = 0; r < N_ROWS; r++)
    for (gsize c = 0; c < d; c++)
      assert_within (kernels->name, "mix_forward", r * d + c, (double) y[r * d + c], (double) ref[r * d + c],
                     TERM_BOUND * largest_value (mix, param_at (mix, r, c)));
  kernels->mix_forward (mix, rows, d, in_place, in_place);
  for (gsize i = 0; i < rows.n; i++) {
    gsize at = mixq_rows_at (rows, i) * d;
    g_assert_cmpmem (in_place + at, d * sizeof *y, y + at, d * sizeof *y);
  }
}

static void
check_backward (const MixqKernels *kernels,
                const MixqMix *mix,
                MixqRows rows,
                gsize d,
                const float *x,
                const float *g)
{
  gsize n = N_ROWS * d;
  g_autofree float *dx = filled (n, SENTINEL), *ref = filled (n, SENTINEL),
                   *in_place = g_memdup2 (g, n * sizeof *g);
  double dot[MIXQ_MIX_MAX], ref_dot[MIXQ_MIX_MAX], size = 0;

  for (guint k = 0; k < MIXQ_MIX_MAX; k++)
    dot[k] = ref_dot[k] = 1; /* dots are added to what is there */
  kernels->mix_backward (mix, rows, d, x, g, dx, dot);
  mixq_kernels_ref.mix_backward (mix, rows, d, x, g, ref, ref_dot);
  for (gsize i = 0; i < n; i++)
    assert_within (kernels->name, "mix_backward", i, (double) dx[i], (double) ref[i],
                   TERM_BOUND * fabs ((double) g[i]));
  for (gsize i = 0; i < rows.n * d; i++)
    size += fabs ((double) g[mixq_rows_at (rows, i / d) * d + i % d]);
  for (guint k = 0; k < MIXQ_MIX_MAX; k++)
    assert_within (kernels->name, "dot", k, dot[k], ref_dot[k],
                   (TERM_BOUND + (double) (d * FLT_EPSILON)) * 4 * (size + 1));
  kernels->mix_backward (mix, rows, d, x, in_place, in_place, NULL);
  for (gsize i = 0; i < rows.n; i++) {
    gsize at = mixq_rows_at (rows, i) * d;
    g_assert_cmpmem (in_place + at, d * sizeof *dx, dx + at, d * sizeof *dx);
  }
}

/* Sums over what shares a scale, against the naive ones, relative to the sum of the largest terms there may be. */
static void
check_steps (const MixqKernels *kernels,
             const MixqMix *mix,
             MixqRows rows,
             gsize d,
             const float *x,
             const float *g)
{
  g_autofree double *room = g_new (double, 2 * MIXQ_MIX_MAX * PADDED);
  double *ours[MIXQ_MIX_MAX], *ref[MIXQ_MIX_MAX];

  for (guint k = 0; k < MIXQ_MIX_MAX; k++) {
    ours[k] = room + 2 * k * PADDED;
    ref[k] = ours[k] + PADDED;
    for (gsize i = 0; i < PADDED; i++)
      ours[k][i] = ref[k][i] = 1; /* they are added to what is there */
  }
  kernels->mix_steps (mix, rows, d, x, g, ours);
  mixq_kernels_ref.mix_steps (mix, rows, d, x, g, ref);
  for (guint k = 0; k < MIXQ_MIX_MAX; k++) {
    double size[PADDED] = { 0 };

    for (gsize t = 0; k < mix->n && t < rows.n * d; t++) {
      gsize r = mixq_rows_at (rows, t / d), c = t % d;

      size[param_at (mix, r, c)] += fabs ((double) g[r * d + c]) * (double) (mix->hi[k] - mix->lo[k] + 1);
    }
    for (gsize i = 0; i < PADDED; i++)
      assert_within (kernels->name, "mix_steps", i, ours[k][i], ref[k][i],
                     (TERM_BOUND + (double) (d * FLT_EPSILON)) * 4 * size[i]);
  }
}

static void
test_mixtures (gconstpointer data)
{
  MixqGranularity granularity = (MixqGranularity) GPOINTER_TO_INT (data);
  const MixqKernels *level[4];
  guint n_levels = levels (level);
  g_autofree Mixture *mixture = g_new0 (Mixture, 1);
  MixqRandom random;

  mixq_random_init (&random, 6 + granularity, "kernels");
  for (gsize i = 0; i < G_N_ELEMENTS (awkward); i++)
    for (guint n = 1; n <= MIXQ_MIX_MAX; n++) {
      gsize d = awkward[i];
      g_autofree float *x = NULL, *g = random_matrix (&random, N_ROWS * d, -1, 1);

      mixture_init (mixture, &random, n, granularity);
      x = random_input (&random, &mixture->mix, d);
      for (guint l = 0; l < n_levels; l++)
        for (gsize s = 0; s < G_N_ELEMENTS (row_sets); s++) {
          check_forward (level[l], &mixture->mix, row_sets[s], d, x);
          check_backward (level[l], &mixture->mix, row_sets[s], d, x, g);
          check_steps (level[l], &mixture->mix, row_sets[s], d, x, g);
        }
    }
}

/* The reference itself and every level. */
static guint
all_levels (const MixqKernels *level[5])
{
  guint n = levels (level);

  level[n] = &mixq_kernels_ref;
  return n + 1;
}

static MixqMix
plain (float lo, float hi, const float *scale, const float *inv, const float *zero)
{
  MixqMix mix = { .n = 1, .granularity = MIXQ_PER_TENSOR, .p = { 1 }, .lo = { lo }, .hi = { hi } };

  mix.scale[0] = scale;
  mix.inv[0] = inv;
  mix.zero[0] = zero;
  return mix;
}

/* Method spec 14: ties go to the even code, in the vector part and in the tail alike. */
static void
test_ties (void)
{
  static const float x[] = { 0.5f, 1.5f, 2.5f, 3.5f, -0.5f, -1.5f, -2.5f, 6.5f };
  static const float even[] = { 0, 2, 2, 4, 0, -2, -2, 6 };
  static const float scale[] = { 1, 0.25f, 4 };
  const MixqKernels *level[5];
  guint n_levels = all_levels (level);

  for (guint l = 0; l < n_levels; l++)
    for (guint s = 0; s < G_N_ELEMENTS (scale); s++)
      for (guint z = 0; z < 2; z++) {
        /* an odd zero-point moves x by a whole code: v = 1 + x rounds to even of v, so codes differ by parity */
        float zero = (float) z, inv = 1 / scale[s], in[8 * 2 + 7], out[8 * 2 + 7];
        MixqMix mix = plain (-8, 7, &scale[s], &inv, &zero);

        for (guint i = 0; i < G_N_ELEMENTS (in); i++)
          in[i] = (x[i % 8] - zero) * scale[s];
        level[l]->mix_forward (&mix, (MixqRows){ NULL, 1 }, G_N_ELEMENTS (in), in, out);
        for (guint i = 0; i < G_N_ELEMENTS (in); i++)
          assert_within (level[l]->name, "tie", i, (double) out[i],
                         (double) ((even[i % 8] - zero) * scale[s]), 0);
      }
}

/* The gradient passes at the bounds themselves and nowhere beyond: clipped straight-through, inclusive. */
static void
test_clip_bounds (void)
{
  const float scale = 0.5f, inv = 2, zero = 0, lo = -8, hi = 7;
  const float x[] = { lo * scale, hi * scale, nextafterf (lo * scale, -INFINITY),
                      nextafterf (hi * scale, INFINITY) };
  const float passes[] = { 1, 1, 0, 0 };
  const MixqKernels *level[5];
  guint n_levels = all_levels (level);
  MixqMix mix = plain (lo, hi, &scale, &inv, &zero);

  for (guint l = 0; l < n_levels; l++)
    for (gsize d = 4; d <= 12; d += 4) {
      float in[12], g[12], dx[12], y[12];

      for (gsize i = 0; i < d; i++) {
        in[i] = x[i % 4];
        g[i] = 3;
      }
      level[l]->mix_backward (&mix, (MixqRows){ NULL, 1 }, d, in, g, dx, NULL);
      level[l]->mix_forward (&mix, (MixqRows){ NULL, 1 }, d, in, y);
      for (gsize i = 0; i < d; i++) {
        assert_within (level[l]->name, "dx", i, (double) dx[i], (double) (3 * passes[i % 4]), 0);
        assert_within (level[l]->name, "y", i, (double) y[i], (double) (i % 2 ? hi * scale : lo * scale), 0);
      }
    }
}

/*
 * The learned-step gradient is the derivative by the scale of s (clip (x / s + z) + e - z), where e, what rounding added, is
 * held: that is what passing the gradient straight through the rounding means.
 */
static double
held_rounding (const MixqMix *mix, double s, double x, double e)
{
  double z = (double) mix->zero[0][0], v = z + x / s;

  return s * (fmin (fmax (v, (double) mix->lo[0]), (double) mix->hi[0]) + e - z);
}

static void
test_step_differences (void)
{
  const double h = 1e-6;
  const MixqKernels *level[5];
  guint n_levels = all_levels (level), checked = 0;
  MixqRandom random;

  mixq_random_init (&random, 12, "kernels");
  for (guint trial = 0; trial < 4000; trial++) {
    guint bits = trial % 8 + 1;
    float scale = (float) random_between (&random, 0.05, 0.4), inv = 1 / scale;
    float lo = trial % 3 && bits > 1 ? -ldexpf (1, (int) bits - 1) : 0, hi = lo + ldexpf (1, (int) bits) - 1;
    float zero = bits == 1 ? 0.5f : nearbyintf ((float) random_between (&random, (double) lo, (double) hi));
    float x = (float) random_between (&random, 1.3 * (double) (scale * (lo - zero)),
                                      1.3 * (double) (scale * (hi - zero)));
    MixqMix mix = plain (lo, hi, &scale, &inv, &zero);
    double s = (double) scale, v = (double) zero + (double) x / s;
    double clipped = fmin (fmax (v, (double) lo), (double) hi), e = nearbyint (clipped) - clipped, slope;

    if (is_near_step (&mix, 0, (double) x) || fabs (v - (double) lo) < 1e-3 || fabs (v - (double) hi) < 1e-3)
      continue;
    slope = (held_rounding (&mix, s + h, (double) x, e) - held_rounding (&mix, s - h, (double) x, e)) /
            (2 * h);
    for (guint l = 0; l < n_levels; l++) {
      const float g = 2;
      double sum = 0, *sums[] = { &sum };

      level[l]->mix_steps (&mix, (MixqRows){ NULL, 1 }, 1, &x, &g, sums);
      assert_within (level[l]->name, "step gradient", trial, sum, 2 * slope,
                     2 * (1e-4 + 4 * (double) FLT_EPSILON * (fabs (v) + fabs ((double) zero))));
    }
    checked++;
  }
  g_assert_cmpuint (checked, >, 3000);
}

/* One bit: two levels, 0 counts as negative, and the gradient passes between the levels, both included. */
static void
test_signs (void)
{
  const float scale = 2, inv = 0.5f, zero = 0.5f;
  const float x[] = { -0.0f, 0, 0.01f, -0.01f, 1, -1, 1.01f, -1.01f, 100, -100, 0.5f };
  const gsize n = G_N_ELEMENTS (x);
  const MixqKernels *level[5];
  guint n_levels = all_levels (level);
  MixqMix mix = plain (0, 1, &scale, &inv, &zero);

  for (guint l = 0; l < n_levels; l++) {
    float y[G_N_ELEMENTS (x)], dx[G_N_ELEMENTS (x)], g[G_N_ELEMENTS (x)];

    for (gsize i = 0; i < n; i++)
      g[i] = 2;
    level[l]->mix_forward (&mix, (MixqRows){ NULL, 1 }, n, x, y);
    level[l]->mix_backward (&mix, (MixqRows){ NULL, 1 }, n, x, g, dx, NULL);
    for (gsize i = 0; i < n; i++) {
      assert_within (level[l]->name, "sign", i, (double) y[i], x[i] > 0 ? 1 : -1, 0);
      assert_within (level[l]->name, "gradient", i, (double) dx[i], fabsf (x[i]) <= 1 ? 2 : 0, 0);
    }
  }
}

/* Quantizing hides what is no number: NaN takes the lowest code and passes no gradient, everywhere alike. Whoever
 * must notice (the trainer) looks at the tensor before it is quantized. */
static void
test_not_a_number (void)
{
  const float scale = 0.5f, inv = 2, zero = 3;
  const float x[9] = { NAN, -NAN, INFINITY, -INFINITY, 0, NAN, 1, 2, NAN };
  const float expected[9] = { -1.5f, -1.5f, 6, -1.5f, 0, -1.5f, 1, 2, -1.5f };
  const MixqKernels *level[5];
  guint n_levels = all_levels (level);
  MixqMix mix = plain (0, 15, &scale, &inv, &zero);

  for (guint l = 0; l < n_levels; l++) {
    float y[9], dx[9], g[9] = { 1, 1, 1, 1, 1, 1, 1, 1, 1 };

    level[l]->mix_forward (&mix, (MixqRows){ NULL, 1 }, 9, x, y);
    level[l]->mix_backward (&mix, (MixqRows){ NULL, 1 }, 9, x, g, dx, NULL);
    for (guint i = 0; i < 9; i++) {
      assert_within (level[l]->name, "value", i, (double) y[i], (double) expected[i], 0);
      assert_within (level[l]->name, "gradient", i, (double) dx[i], isfinite (x[i]) ? 1 : 0, 0);
    }
  }
}

static void
test_quantize_error (void)
{
  const gsize sizes[] = { 0, 1, 2, 3, 5, 7, 8, 9, 15, 31, 64, 65, 128, 130, 4096, 4097, 9001 };
  const MixqKernels *level[4];
  guint n_levels = levels (level);
  MixqRandom random;

  mixq_random_init (&random, 9, "kernels");
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint l = 0; l < n_levels; l++) {
      gsize n = sizes[i];
      g_autofree float *x = random_matrix (&random, n, -1, 1), *weight = random_matrix (&random, n, 0, 4);
      const float scale = 0.11f, zero = 7;
      double noise = (double) n * 4 * pow (4 * (double) FLT_EPSILON, 2); /* of terms that are exactly 0 */

      for (guint w = 0; w < 2; w++) {
        const float *factor = w ? weight : NULL;
        double ref = mixq_kernels_ref.quantize_error (n, x, factor, scale, zero, 0, 15);

        assert_within (level[l]->name, "quantize_error", n,
                       level[l]->quantize_error (n, x, factor, scale, zero, 0, 15), ref,
                       ERROR_BOUND * ref + noise);
      }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/engine/kernels/mix/per-tensor", GINT_TO_POINTER (MIXQ_PER_TENSOR), test_mixtures);
  g_test_add_data_func ("/engine/kernels/mix/per-column", GINT_TO_POINTER (MIXQ_PER_COLUMN), test_mixtures);
  g_test_add_data_func ("/engine/kernels/mix/per-row", GINT_TO_POINTER (MIXQ_PER_ROW), test_mixtures);
  g_test_add_func ("/engine/kernels/mix/ties", test_ties);
  g_test_add_func ("/engine/kernels/mix/clip-bounds", test_clip_bounds);
  g_test_add_func ("/engine/kernels/mix/step-differences", test_step_differences);
  g_test_add_func ("/engine/kernels/mix/signs", test_signs);
  g_test_add_func ("/engine/kernels/mix/not-a-number", test_not_a_number);
  g_test_add_func ("/engine/kernels/quantize-error", test_quantize_error);
  return g_test_run ();
}
