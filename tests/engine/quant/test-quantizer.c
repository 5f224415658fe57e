/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The quantizer and the published fake quantization with its gradients: golden/01 and the vectors of method spec 2, 14. */
#include <math.h>
#include <string.h>

#include "../golden.h"
#include "base/mixq-random.h"
#include "quant/mixq-quantizer.h"

/* As golden/README.md says: float32 results; codes may differ by one step within 1e-5 of a tie. */
#define RELATIVE 1e-5
#define ABSOLUTE 1e-6
#define TIE_DISTANCE 1e-5

static void
assert_close (const char *what, double a, double b, double relative, double absolute)
{
  if (!(fabs (a - b) <= relative * fabs (b) + absolute))
    g_test_message ("%s: %.9g is not %.9g", what, a, b);
  g_assert_true (fabs (a - b) <= relative * fabs (b) + absolute);
}

/* A JSON number, list or list of rows, flattened. */
static void
flatten (JsonNode *node, GArray *out)
{
  if (JSON_NODE_HOLDS_VALUE (node)) {
    float value = (float) json_node_get_double (node);
    g_array_append_val (out, value);
    return;
  }
  for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
    flatten (json_array_get_element (json_node_get_array (node), i), out);
}

static float *
read_numbers (JsonObject *c, const char *name, gsize *n)
{
  GArray *numbers = g_array_new (FALSE, FALSE, sizeof (float));

  flatten (json_object_get_member (c, name), numbers);
  *n = numbers->len;
  return (float *) g_array_free (numbers, FALSE);
}

/* What one golden case holds. */
typedef struct
{
  const char *name;
  MixqQuantizer quantizer;
  gsize rows, cols, n_scales; /* as shaped: a vector is rows x 1 */
  float *x, *q, *y, *grad_y, *grad_x, *scale, *zero, *grad_scale, *grad_zero;
} Case;

static void
case_init (Case *self, JsonObject *c)
{
  JsonArray *outer = json_object_get_array_member (c, "x");
  JsonNode *first = json_array_get_element (outer, 0);
  gboolean per_column = g_str_equal (json_object_get_string_member (c, "per"), "column");
  g_autofree float *sample = NULL;
  gsize n, n_sample;

  self->name = json_object_get_string_member (c, "name");
  self->rows = json_array_get_length (outer);
  self->cols = JSON_NODE_HOLDS_ARRAY (first) ? json_array_get_length (json_node_get_array (first)) : 1;
  self->n_scales = per_column ? self->cols : 1;
  mixq_quantizer_init_published (&self->quantizer, (guint8) json_object_get_int_member (c, "bits"),
                                 json_object_get_boolean_member (c, "signed"),
                                 per_column ? MIXQ_PER_COLUMN : MIXQ_PER_TENSOR, self->n_scales);
  sample = read_numbers (c, "calibration_x", &n_sample);
  mixq_calibrate_min_max (&self->quantizer, sample, n_sample / self->cols, self->cols);
  self->x = read_numbers (c, "x", &n);
  g_assert_cmpuint (n, ==, self->rows * self->cols);
  self->q = read_numbers (c, "q", &n);
  self->y = read_numbers (c, "y", &n);
  self->grad_y = read_numbers (c, "grad_y", &n);
  self->grad_x = read_numbers (c, "grad_x", &n);
  self->scale = read_numbers (c, "scale", &n);
  g_assert_cmpuint (n, ==, self->n_scales);
  self->zero = read_numbers (c, "zero_point", &n);
  self->grad_scale = read_numbers (c, "grad_scale", &n);
  self->grad_zero = read_numbers (c, "grad_zero_point", &n);
}

static void
case_clear (Case *self)
{
  mixq_quantizer_clear (&self->quantizer);
  g_free (self->x);
  g_free (self->q);
  g_free (self->y);
  g_free (self->grad_y);
  g_free (self->grad_x);
  g_free (self->scale);
  g_free (self->zero);
  g_free (self->grad_scale);
  g_free (self->grad_zero);
}

/* TRUE if the code agrees; FALSE if it is a step away on a tie, where the value may be too. */
static gboolean
check_code (const Case *c, gsize scale, gsize at)
{
  const MixqQuantizer *q = &c->quantizer;
  double v = (double) q->zero[scale] + (double) c->x[at] / (double) q->scale[scale];
  gint32 code = mixq_quantizer_code (q, scale, (double) c->x[at]);

  if ((float) code == c->q[at])
    return TRUE;
  assert_close (c->name, (double) code, (double) c->q[at], 0, 1);
  g_assert_cmpfloat (fabs (v - floor (v) - 0.5), <=, TIE_DISTANCE);
  return FALSE;
}

/* One scale: n elements @stride apart from @first. */
static void
check_scale (const Case *c, gsize scale, gsize first, gsize n, gsize stride)
{
  const MixqQuantizer *q = &c->quantizer;
  gsize total = c->rows * c->cols;
  g_autofree float *y = g_new0 (float, total), *grad_x = g_new0 (float, total);
  double sum_scale = 0, sum_zero = 0;

  assert_close ("scale", (double) q->scale[scale], (double) c->scale[scale], RELATIVE, 0);
  assert_close ("zero", (double) q->zero[scale], (double) c->zero[scale], 0, 0);
  mixq_fake_quantize_reference (q, scale, n, stride, c->x + first, y + first, c->grad_y + first,
                                grad_x + first, &sum_scale, &sum_zero);
  for (gsize t = 0, at = first; t < n; t++, at += stride) {
    if (check_code (c, scale, at))
      assert_close ("y", (double) y[at], (double) c->y[at], RELATIVE, ABSOLUTE);
    assert_close ("grad_x", (double) grad_x[at], (double) c->grad_x[at], RELATIVE, ABSOLUTE);
  }
  /* the published mean runs over dimension 0, a sum over the rest */
  assert_close ("grad_scale", sum_scale / (double) c->rows, (double) c->grad_scale[scale], RELATIVE,
                ABSOLUTE);
  assert_close ("grad_zero", sum_zero / (double) c->rows, (double) c->grad_zero[scale], RELATIVE, ABSOLUTE);
}

static void
test_golden (void)
{
  g_autoptr (JsonParser) parser = golden_load ("01-fake-quantize.json");
  JsonArray *cases;

  if (parser == NULL)
    return;
  cases = golden_cases (parser);
  g_assert_cmpuint (json_array_get_length (cases), ==, 84);
  for (guint i = 0; i < json_array_get_length (cases); i++) {
    Case c;

    case_init (&c, json_array_get_object_element (cases, i));
    for (gsize s = 0; s < c.n_scales; s++)
      if (c.n_scales == 1)
        check_scale (&c, 0, 0, c.rows * c.cols, 1);
      else
        check_scale (&c, s, s, c.rows, c.cols);
    case_clear (&c);
  }
}

static void
check_vector (gboolean is_signed,
              guint8 bits,
              guint n,
              const float *x,
              double s,
              double z,
              const gint32 *codes,
              const double *values)
{
  MixqQuantizer q;
  float y[8];

  mixq_quantizer_init (&q, bits, is_signed, MIXQ_PER_TENSOR, 1);
  mixq_calibrate_min_max (&q, x, n, 1);
  assert_close ("scale", (double) q.scale[0], s, 1e-6, 0);
  assert_close ("zero", (double) q.zero[0], z, 0, 0);
  mixq_fake_quantize_reference (&q, 0, n, 1, x, y, NULL, NULL, NULL, NULL);
  for (guint i = 0; i < n; i++) {
    g_assert_cmpint (mixq_quantizer_code (&q, 0, (double) x[i]), ==, codes[i]);
    assert_close ("value", mixq_quantizer_value (&q, 0, codes[i]), values[i], 0, ABSOLUTE);
    assert_close ("fake", (double) y[i], values[i], 0, ABSOLUTE);
  }
  mixq_quantizer_clear (&q);
}

static void
test_spec_vectors (void)
{
  check_vector (FALSE, 4, 4, ((float[]){ -0.5f, 0, 0.3f, 1 }), 0.1, 5, ((gint32[]){ 0, 5, 8, 15 }),
                ((double[]){ -0.5, 0, 0.3, 1 }));
  check_vector (TRUE, 2, 3, ((float[]){ -0.3f, 0.1f, 0.6f }), 0.3, -1, ((gint32[]){ -2, -1, 1 }),
                ((double[]){ -0.3, 0, 0.6 }));
}

static void
test_ties (void)
{
  const double x[] = { 0.5, 1.5, 2.5, 3.5, -0.5, -1.5, 1e9, -1e9 };
  const gint32 expected[] = { 0, 2, 2, 4, 0, -2, 127, -128 };
  MixqQuantizer q;

  mixq_quantizer_init (&q, 8, TRUE, MIXQ_PER_TENSOR, 1);
  for (guint i = 0; i < G_N_ELEMENTS (x); i++)
    g_assert_cmpint (mixq_quantizer_code (&q, 0, x[i]), ==, expected[i]);
  /* The zero-point is inside the rounding (9.4 rule 1): v = 3 + 0.5 goes to 4, not to 3 + 0. */
  mixq_quantizer_set (&q, 0, 1, 3);
  g_assert_cmpint (mixq_quantizer_code (&q, 0, 0.5), ==, 4);
  g_assert_cmpint (mixq_quantizer_code (&q, 0, 1.5), ==, 4);
  mixq_quantizer_clear (&q);
}

static void
test_code_ranges (void)
{
  const struct
  {
    guint8 bits;
    gboolean is_signed;
    float lo, hi;
  } expected[] = {
    { 2, TRUE, -2, 1 },     { 2, FALSE, 0, 3 },   { 4, TRUE, -8, 7 },          { 4, FALSE, 0, 15 },
    { 8, TRUE, -128, 127 }, { 8, FALSE, 0, 255 }, { 16, TRUE, -32768, 32767 }, { 16, FALSE, 0, 65535 },
    { 1, TRUE, -1, 1 },     { 1, FALSE, 0, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    float lo, hi;

    mixq_quantizer_code_range (expected[i].bits, expected[i].is_signed, &lo, &hi);
    g_assert_cmpfloat (lo, ==, expected[i].lo);
    g_assert_cmpfloat (hi, ==, expected[i].hi);
  }
}

/* For random parameters: |x - Q (x)| <= s / 2 inside the range, Q (Q (x)) = Q (x), 0 is kept. */
static void
test_round_trip (void)
{
  const guint8 widths[] = { 2, 3, 4, 5, 6, 7, 8, 16 };
  MixqRandom random;

  mixq_random_init (&random, 11, "quant");
  for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
    for (guint is_signed = 0; is_signed < 2; is_signed++) {
      MixqQuantizer q;
      float x[64];

      for (guint i = 0; i < 64; i++)
        x[i] = (float) (4 * mixq_random_uniform (&random) - 1);
      mixq_quantizer_init (&q, widths[w], is_signed, MIXQ_PER_TENSOR, 1);
      mixq_calibrate_min_max (&q, x, 64, 1);
      g_assert_cmpfloat (q.inv[0], ==, 1.0f / q.scale[0]);
      g_assert_cmpfloat (mixq_quantizer_value (&q, 0, mixq_quantizer_code (&q, 0, 0)), ==, 0);
      for (guint i = 0; i < 64; i++) {
        gint32 code = mixq_quantizer_code (&q, 0, (double) x[i]);
        double value = mixq_quantizer_value (&q, 0, code);

        /* z is rounded, so the ends of the range may be clipped by up to half a step more */
        g_assert_cmpfloat (fabs (value - (double) x[i]), <=, (double) q.scale[0] * (1 + RELATIVE));
        if (code > (gint32) q.lo && code < (gint32) q.hi)
          g_assert_cmpfloat (fabs (value - (double) x[i]), <=, (double) q.scale[0] * 0.5 * (1 + RELATIVE));
        g_assert_cmpint (mixq_quantizer_code (&q, 0, value), ==, code);
      }
      mixq_quantizer_clear (&q);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/quant/golden", test_golden);
  g_test_add_func ("/engine/quant/spec-vectors", test_spec_vectors);
  g_test_add_func ("/engine/quant/ties", test_ties);
  g_test_add_func ("/engine/quant/code-ranges", test_code_ranges);
  g_test_add_func ("/engine/quant/round-trip", test_round_trip);
  return g_test_run ();
}
