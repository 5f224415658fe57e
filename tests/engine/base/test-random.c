/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/mixq-random.h"

/* The published reference generators, written down once more from their papers' definition. */
static void
test_splitmix_golden (void)
{
  static const guint64 golden[] = {
    G_GUINT64_CONSTANT (6457827717110365317),  G_GUINT64_CONSTANT (3203168211198807973),
    G_GUINT64_CONSTANT (9817491932198370423),  G_GUINT64_CONSTANT (4593380528125082431),
    G_GUINT64_CONSTANT (16408922859458223821),
  };
  guint64 state = 1234567;

  for (gsize i = 0; i < G_N_ELEMENTS (golden); i++)
    g_assert_cmpuint (mixq_random_splitmix (&state), ==, golden[i]);
}

static void
test_xoshiro_golden (void)
{
  static const guint64 golden[] = {
    11520,
    0,
    1509978240,
    G_GUINT64_CONSTANT (1215971899390074240),
    G_GUINT64_CONSTANT (1216172134540287360),
    G_GUINT64_CONSTANT (607988272756665600),
    G_GUINT64_CONSTANT (16172922978634559625),
    G_GUINT64_CONSTANT (8476171486693032832),
    G_GUINT64_CONSTANT (10595114339597558777),
    G_GUINT64_CONSTANT (2904607092377533576),
  };
  MixqRandom random = { { 1, 2, 3, 4 } };

  for (gsize i = 0; i < G_N_ELEMENTS (golden); i++)
    g_assert_cmpuint (mixq_random_next (&random), ==, golden[i]);
}

/* The documented seeding, computed here a second time: a session file depends on it. */
static void
test_seeding (void)
{
  guint64 hash = G_GUINT64_CONSTANT (0xaf63dc4c8601ec8c); /* the published FNV-1a test vector of "a" */
  guint64 state = 42, expected;
  MixqRandom random;

  state = mixq_random_splitmix (&state) ^ hash;
  mixq_random_init (&random, 42, "a");
  for (gsize i = 0; i < 4; i++) {
    expected = mixq_random_splitmix (&state);
    g_assert_cmpuint (random.s[i], ==, expected);
  }
}

static void
test_streams (void)
{
  MixqRandom a, b, again, other_seed;
  gsize same = 0;

  mixq_random_init (&a, 7, "split");
  mixq_random_init (&again, 7, "split");
  mixq_random_init (&b, 7, "dropout");
  mixq_random_init (&other_seed, 8, "split");
  for (gsize i = 0; i < 1000; i++) {
    guint64 x = mixq_random_next (&a);

    g_assert_cmpuint (x, ==, mixq_random_next (&again));
    same += x == mixq_random_next (&b);
    same += x == mixq_random_next (&other_seed);
  }
  g_assert_cmpuint (same, ==, 0);
}

static void
test_uniform (void)
{
  MixqRandom random;
  double sum = 0;

  mixq_random_init (&random, 1, "test");
  for (gsize i = 0; i < 100000; i++) {
    double u = mixq_random_uniform (&random);

    g_assert_true (u >= 0 && u < 1);
    sum += u;
  }
  g_assert_cmpfloat_with_epsilon (sum / 100000, 0.5, 0.005); /* 5 sigma of the mean */
}

static void
test_below (void)
{
  guint32 counts[6] = { 0 };
  MixqRandom random;

  mixq_random_init (&random, 1, "test");
  for (gsize i = 0; i < 60000; i++)
    counts[mixq_random_below (&random, 6)]++;
  for (gsize i = 0; i < 6; i++)
    g_assert_cmpfloat_with_epsilon (counts[i], 10000, 460); /* 5 sigma */
  for (gsize i = 0; i < 100; i++) {
    g_assert_cmpuint (mixq_random_below (&random, 1), ==, 0);
    g_assert_cmpuint (mixq_random_below (&random, G_MAXUINT32), <, G_MAXUINT32);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/base/random/splitmix-golden", test_splitmix_golden);
  g_test_add_func ("/engine/base/random/xoshiro-golden", test_xoshiro_golden);
  g_test_add_func ("/engine/base/random/seeding", test_seeding);
  g_test_add_func ("/engine/base/random/streams", test_streams);
  g_test_add_func ("/engine/base/random/uniform", test_uniform);
  g_test_add_func ("/engine/base/random/below", test_below);
  return g_test_run ();
}
