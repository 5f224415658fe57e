/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Theorem 1 (method spec 9.1) and the accumulator table (9.5), in exact arithmetic. */
#include <math.h>
#include <string.h>

#include "base/mixq-random.h"
#include "exact.h"
#include "integer/mixq-frozen.h"

#define ROWS 5
#define TERMS 7
#define COLS 4
#define INSTANCES 400

/* Positive fractions: scales. */
typedef struct
{
  Wide n, d;
} Fraction;

static Fraction
times (Fraction a, Fraction b)
{
  return (Fraction){ a.n * b.n, a.d * b.d };
}

static Fraction
over (Fraction a, Fraction b)
{
  return (Fraction){ a.n * b.d, a.d * b.n };
}

typedef struct
{
  gint32 a[ROWS][TERMS], x[TERMS][COLS];
  gboolean edge[ROWS][TERMS];
  Fraction sa[ROWS], sx[COLS], sy[COLS];
  gint32 za[ROWS], zx[COLS], zy[COLS];
  gint32 lo, hi;
} Instance;

static gint32
code (MixqRandom *random, guint bits, gboolean is_signed)
{
  gint32 c = (gint32) mixq_random_below (random, 1u << bits);

  return is_signed ? c - (1 << (bits - 1)) : c;
}

static Fraction
scale (MixqRandom *random)
{
  /* small numbers on purpose: ties and equal ratios then are frequent */
  return (Fraction){ 1 + mixq_random_below (random, 12), 1 + mixq_random_below (random, 12) };
}

static void
instance_init (Instance *self, MixqRandom *random, gboolean with_za)
{
  static const guint widths[] = { 2, 4, 8, 16 };
  guint ba = widths[mixq_random_below (random, 4)], bx = widths[mixq_random_below (random, 4)];
  guint by = widths[mixq_random_below (random, 4)];
  gboolean signed_a = mixq_random_below (random, 2), signed_x = mixq_random_below (random, 2);
  gboolean signed_y = mixq_random_below (random, 2);

  memset (self, 0, sizeof *self);
  self->lo = signed_y ? -(1 << (by - 1)) : 0;
  self->hi = self->lo + (1 << by) - 1;
  for (guint i = 0; i < ROWS; i++) {
    self->sa[i] = scale (random);
    self->za[i] = with_za ? code (random, ba, signed_a) : 0;
    for (guint k = 0; k < TERMS; k++) {
      self->edge[i][k] = i > 0 && mixq_random_below (random, 2); /* row 0 has no neighbours */
      self->a[i][k] = code (random, ba, signed_a);
    }
  }
  for (guint j = 0; j < COLS; j++) {
    self->sx[j] = scale (random);
    /* in half the columns outputs stay within the range, in the others many are clamped */
    self->sy[j] = j % 2 ? scale (random)
                        : times (scale (random), (Fraction){ (Wide) 1 << MAX ((int) (ba + bx - by), 0), 1 });
    self->zx[j] = code (random, bx, signed_x);
    self->zy[j] = code (random, by, signed_y);
    for (guint k = 0; k < TERMS; k++)
      self->x[k][j] = code (random, bx, signed_x);
  }
}

/* Q_y of message passing on the dequantized tensors, term by term. */
static Wide
direct (const Instance *in, guint i, guint j, Wide *value_n, Wide *value_d)
{
  Fraction unit = over (times (in->sa[i], in->sx[j]), in->sy[j]);
  Wide sum = 0;

  for (guint k = 0; k < TERMS; k++)
    if (in->edge[i][k])
      sum += ((Wide) in->a[i][k] - in->za[i]) * ((Wide) in->x[k][j] - in->zx[j]);
  *value_n = unit.n * sum + unit.d * in->zy[j];
  *value_d = unit.d;
  return CLAMP (exact_round (*value_n, *value_d), in->lo, in->hi);
}

/* clamp (round (C1 P C2 + C3)) from the integer sums P, r, t and the degree. */
static Wide
factored (const Instance *in, guint i, guint j, Wide *value_n, Wide *value_d)
{
  Fraction c1c2 = over (times (in->sa[i], in->sx[j]), in->sy[j]);
  Wide p = 0, r = 0, t = 0, degree = 0, c3;

  for (guint k = 0; k < TERMS; k++)
    if (in->edge[i][k]) {
      p += (Wide) in->a[i][k] * in->x[k][j];
      r += in->a[i][k];
      t += in->x[k][j];
      degree++;
    }
  c3 = c1c2.d * in->zy[j] + c1c2.n * (-in->zx[j] * r - in->za[i] * t + degree * in->za[i] * in->zx[j]);
  *value_n = c1c2.n * p + c3;
  *value_d = c1c2.d;
  return CLAMP (exact_round (*value_n, *value_d), in->lo, in->hi);
}

/* As the engine does it: one double multiplier and the zero-point inside the rounding. Where the exact value is a tie and
 * the multiplier is not exact, either neighbour may come out; anywhere else it must agree. */
static void
check_double (const Instance *in, guint i, guint j, Wide exact, Wide n, Wide d)
{
  Fraction unit = over (times (in->sa[i], in->sx[j]), in->sy[j]);
  double multiplier = (double) unit.n / (double) unit.d;
  Wide p = 0, r = 0, rest = ((n % d) + d) % d;
  double v;

  for (guint k = 0; k < TERMS; k++)
    if (in->edge[i][k]) {
      p += (Wide) in->a[i][k] * in->x[k][j];
      r += in->a[i][k];
    }
  v = in->zy[j] + multiplier * ((double) p - (double) in->zx[j] * (double) r);
  v = nearbyint (CLAMP (v, in->lo, in->hi));
  if (2 * rest == d && (unit.d & (unit.d - 1)) != 0)
    g_assert_cmpfloat (fabs (v - (double) exact), <=, 1);
  else
    g_assert_cmpfloat (v, ==, (double) exact);
}

static void
test_theorem (gconstpointer data)
{
  gboolean with_za = GPOINTER_TO_INT (data);
  MixqRandom random;
  Instance in;
  guint inside = 0, ties = 0;

  mixq_random_init (&random, 5, with_za ? "theorem-za" : "theorem");
  for (guint t = 0; t < INSTANCES; t++) {
    instance_init (&in, &random, with_za);
    for (guint i = 0; i < ROWS; i++)
      for (guint j = 0; j < COLS; j++) {
        Wide n1, d1, n2, d2, exact = direct (&in, i, j, &n1, &d1);

        g_assert_true (exact == factored (&in, i, j, &n2, &d2));
        g_assert_true (n1 * d2 == n2 * d1); /* the values themselves, before rounding */
        if (!with_za)
          check_double (&in, i, j, exact, n1, d1);
        inside += exact > in.lo && exact < in.hi;
        ties += 2 * (((n1 % d1) + d1) % d1) == d1;
      }
  }
  /* the instances are worth something: a good part is neither clamped away nor free of ties */
  g_test_message ("%u inside the range, %u ties", inside, ties);
  g_assert_cmpuint (inside, >, INSTANCES * ROWS * COLS / 5);
  g_assert_cmpuint (ties, >, INSTANCES / 10);
}

/* A neighbour that is absent and one that is stored with code za are the same thing. */
static void
test_absent_is_zero (void)
{
  MixqRandom random;
  Instance in, dense;

  mixq_random_init (&random, 6, "absent");
  for (guint t = 0; t < INSTANCES; t++) {
    instance_init (&in, &random, t % 2);
    dense = in;
    for (guint i = 0; i < ROWS; i++)
      for (guint k = 0; k < TERMS; k++)
        if (!in.edge[i][k]) {
          dense.edge[i][k] = TRUE;
          dense.a[i][k] = in.za[i];
        }
    for (guint i = 0; i < ROWS; i++)
      for (guint j = 0; j < COLS; j++) {
        Wide n, d;
        g_assert_true (factored (&in, i, j, &n, &d) == factored (&dense, i, j, &n, &d));
      }
  }
}

/* Exact rounding itself, by hand. */
static void
test_exact_round (void)
{
  const struct
  {
    gint64 n, d, expected;
  } cases[] = { { 1, 2, 0 }, { 3, 2, 2 },   { 5, 2, 2 }, { -1, 2, 0 },  { -3, 2, -2 }, { -5, 2, -2 },
                { 7, 4, 2 }, { -7, 4, -2 }, { 5, 4, 1 }, { -5, 4, -1 }, { 0, 3, 0 },   { -6, 3, -2 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_true (exact_round (cases[i].n, cases[i].d) == cases[i].expected);
  g_assert_cmpint (exact_code (0.5f, 0.25f, 0.125f, 3, 5, 0, 15), ==, 8);
  g_assert_cmpint (exact_code (0.5f, 0.5f, 0.5f, 3, 3, 0, 15), ==, 4); /* 4.5 to even */
  g_assert_cmpint (exact_code (0.1f, 0.3f, 0.1f * 0.3f, 0, 7, 0, 15), ==, 7);
}

/* Table 9.5: the largest number of terms that fits, and one more that does not. */
static void
test_accumulators (void)
{
  const struct
  {
    guint a, b;
    gboolean a_signed, b_signed;
    gsize terms;
  } table[] = {
    { 2, 2, FALSE, FALSE, 238609294 }, { 4, 4, FALSE, FALSE, 9544371 }, { 8, 4, FALSE, FALSE, 561433 },
    { 8, 8, FALSE, FALSE, 33025 },     { 16, 8, FALSE, FALSE, 128 },    { 16, 16, FALSE, FALSE, 0 },
    { 2, 2, TRUE, TRUE, 536870911 },   { 4, 4, TRUE, TRUE, 33554431 },  { 8, 4, TRUE, TRUE, 2097151 },
    { 8, 8, TRUE, TRUE, 131071 },      { 16, 8, TRUE, TRUE, 511 },      { 16, 16, TRUE, TRUE, 1 },
    { 8, 8, FALSE, TRUE, 65793 },      { 1, 8, FALSE, FALSE, 8421504 }, { 1, 8, FALSE, TRUE, 16777215 },
    { 1, 16, FALSE, FALSE, 32768 },    { 1, 16, FALSE, TRUE, 65535 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_assert_true (mixq_accumulator_fits_int32 (table[i].a, table[i].a_signed, table[i].b, table[i].b_signed,
                                                table[i].terms));
    g_assert_false (mixq_accumulator_fits_int32 (table[i].a, table[i].a_signed, table[i].b, table[i].b_signed,
                                                 table[i].terms + 1));
    g_assert_true (mixq_accumulator_fits_int32 (table[i].b, table[i].b_signed, table[i].a, table[i].a_signed,
                                                table[i].terms));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/engine/integer/theorem/za-zero", GINT_TO_POINTER (FALSE), test_theorem);
  g_test_add_data_func ("/engine/integer/theorem/za-any", GINT_TO_POINTER (TRUE), test_theorem);
  g_test_add_func ("/engine/integer/theorem/absent-is-zero", test_absent_is_zero);
  g_test_add_func ("/engine/integer/exact-round", test_exact_round);
  g_test_add_func ("/engine/integer/accumulators", test_accumulators);
  return g_test_run ();
}
