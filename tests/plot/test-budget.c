/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Budgets: reading what people type, picking the one model that keeps them, lines on the axis. */
#include <math.h>

#include "base/mixq-error.h"
#include "mixq-budget.h"

static const MixqNumberMarks english = { ".", "," }, german = { ",", "." }, plain = { ".", "" };

typedef struct
{
  const char *text;
  const MixqNumberMarks *marks;
  MixqGoalKind hint;
  MixqCostAxis axis;
  MixqGoalKind kind;
  MixqCostAxis of;
  double limit;
} Written;

#define ACCURACY MIXQ_GOAL_ACCURACY
#define COST MIXQ_GOAL_COST

static const Written written[] = {
  { "80 %", &plain, COST, MIXQ_COST_BITOPS, ACCURACY, MIXQ_COST_BITOPS, 0.8 },
  { "80%", &plain, ACCURACY, MIXQ_COST_BYTES, ACCURACY, MIXQ_COST_BYTES, 0.8 },
  { " 79,5 % ", &german, ACCURACY, MIXQ_COST_BITOPS, ACCURACY, MIXQ_COST_BITOPS, 0.795 },
  { "79,5 %", &plain, ACCURACY, MIXQ_COST_BITOPS, ACCURACY, MIXQ_COST_BITOPS, 0.795 },
  { "80", &plain, ACCURACY, MIXQ_COST_BITOPS, ACCURACY, MIXQ_COST_BITOPS, 0.8 },
  { "0.8", &plain, ACCURACY, MIXQ_COST_BITOPS, ACCURACY, MIXQ_COST_BITOPS, 0.8 },
  { "64 kB", &plain, ACCURACY, MIXQ_COST_BITOPS, COST, MIXQ_COST_BYTES, 64000 },
  { "64kb", &english, COST, MIXQ_COST_MS, COST, MIXQ_COST_BYTES, 64000 },
  { "64 KiB", &plain, COST, MIXQ_COST_BYTES, COST, MIXQ_COST_BYTES, 65536 },
  { "1,200 kB", &english, COST, MIXQ_COST_BYTES, COST, MIXQ_COST_BYTES, 1200e3 },
  { "1,200 kB", &german, COST, MIXQ_COST_BYTES, COST, MIXQ_COST_BYTES, 1200 },
  { "1.200 kB", &german, COST, MIXQ_COST_BYTES, COST, MIXQ_COST_BYTES, 1200e3 },
  { "0,500 kB", &english, COST, MIXQ_COST_BYTES, COST, MIXQ_COST_BYTES, 500 },
  { "1.234.567,5 B", &german, COST, MIXQ_COST_BITOPS, COST, MIXQ_COST_BYTES, 1234567.5 },
  { "1,234,567 Bytes", &plain, COST, MIXQ_COST_BITOPS, COST, MIXQ_COST_BYTES, 1234567 },
  { "1 234 567 B", &plain, COST, MIXQ_COST_BITOPS, COST, MIXQ_COST_BYTES, 1234567 },
  { "1\u00a0234 B", &plain, COST, MIXQ_COST_BITOPS, COST, MIXQ_COST_BYTES, 1234 },
  { "1.2 GBitOPs", &plain, COST, MIXQ_COST_BYTES, COST, MIXQ_COST_BITOPS, 1.2e9 },
  { "1,2 GBitOPs", &german, COST, MIXQ_COST_EXECUTED, COST, MIXQ_COST_EXECUTED, 1.2e9 },
  { "370 M", &plain, COST, MIXQ_COST_PRODUCT, COST, MIXQ_COST_PRODUCT, 370e6 },
  { "370 M", &plain, COST, MIXQ_COST_BYTES, COST, MIXQ_COST_BYTES, 370e6 },
  { "5000", &plain, COST, MIXQ_COST_BYTES, COST, MIXQ_COST_BYTES, 5000 },
  { "0.5 ms", &plain, COST, MIXQ_COST_BITOPS, COST, MIXQ_COST_MS, 0.5 },
  { "250 µs", &plain, COST, MIXQ_COST_BITOPS, COST, MIXQ_COST_MS, 0.25 },
  { "0.5", &plain, COST, MIXQ_COST_MS, COST, MIXQ_COST_MS, 0.5 },
  { "16x", &plain, ACCURACY, MIXQ_COST_BITOPS, COST, MIXQ_COST_BITOPS, 100 },
  { "16 ×", &plain, COST, MIXQ_COST_BYTES, COST, MIXQ_COST_BYTES, 100 },
};

static void
test_parse (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (written); i++) {
    const Written *w = &written[i];
    g_autoptr (GError) error = NULL;
    MixqGoal goal;

    g_test_message ("%s", w->text);
    mixq_goal_parse (w->text, w->hint, w->axis, 1600, w->marks, &goal, &error);
    g_assert_no_error (error);
    g_assert_cmpint (goal.kind, ==, w->kind);
    g_assert_cmpint (goal.axis, ==, w->of);
    g_assert_cmpfloat_with_epsilon (goal.limit, w->limit, 1e-9 * w->limit);
  }
}

static void
test_parse_refuses (void)
{
  static const char *const bad[] = { "",   "abc",   "%",  "80 q",  "-5 %",   "101 %", "0 %",    "0 kB",
                                     "kB", "64 kX", "..", "1e3 B", "64 kB!", "0x",    "8 ms %", "１" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    MixqGoal goal = { MIXQ_GOAL_COST, MIXQ_COST_MS, 7 };

    g_test_message ("%s", bad[i]);
    g_assert_false (mixq_goal_parse (bad[i], COST, MIXQ_COST_BITOPS, 1600, &plain, &goal, &error));
    g_assert_nonnull (error);
    g_assert_true (error->domain == MIXQ_ERROR);
    g_assert_cmpfloat (goal.limit, ==, 7); /* untouched */
  }
  {
    MixqGoal goal;

    g_assert_false (
        mixq_goal_parse ("15x", COST, MIXQ_COST_BITOPS, 0, &plain, &goal, NULL)); /* less than what? */
  }
}

static void
test_format (void)
{
  static const struct
  {
    MixqGoal goal;
    const char *text;
  } rows[] = {
    { { ACCURACY, MIXQ_COST_BITOPS, 0.8 }, "80 %" },
    { { ACCURACY, MIXQ_COST_BITOPS, 0.7951 }, "79.5 %" },
    { { ACCURACY, MIXQ_COST_BITOPS, 1 }, "100 %" },
    { { COST, MIXQ_COST_BYTES, 64000 }, "64 kB" },
    { { COST, MIXQ_COST_BYTES, 999 }, "999 B" },
    { { COST, MIXQ_COST_BYTES, 1234567 }, "1.23 MB" },
    { { COST, MIXQ_COST_BITOPS, 1.2e9 }, "1.2 GBitOPs" },
    { { COST, MIXQ_COST_MS, 0.25 }, "0.25 ms" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *text = mixq_goal_format (&rows[i].goal);
    MixqGoal back;

    g_assert_cmpstr (text, ==, rows[i].text);
    g_assert_true (mixq_goal_parse (text, COST, rows[i].goal.axis, 0, &plain, &back, NULL));
    g_assert_cmpint (back.kind, ==, rows[i].goal.kind);
    g_assert_cmpint (back.axis, ==, rows[i].goal.axis);
    g_assert_cmpfloat_with_epsilon (back.limit, rows[i].goal.limit, 5e-3 * back.limit);
  }
}

/* accuracy, share, bytes */
static const MixqBudgetPoint models[] = {
  { 0.812, 1 / 15.5, 17e3 }, { 0.820, 1 / 8.0, 33e3 },  { 0.780, 1 / 16.0, 16e3 },
  { 0.812, 1 / 15.5, 18e3 }, { 0.815, 1 / 15.5, 20e3 }, { NAN, 1 / 30.0, 9e3 },
};

static MixqBudgetPick
pick_of (double accuracy, double cost)
{
  const MixqBudget budget = { accuracy, cost, MIXQ_COST_BYTES };
  MixqBudgetPick pick;

  mixq_budget_pick (&budget, models, G_N_ELEMENTS (models), &pick);
  return pick;
}

static void
test_pick (void)
{
  g_assert_cmpint (pick_of (0.80, NAN).point, ==, 4); /* cheapest; of equal cost the most accurate */
  g_assert_cmpint (pick_of (0.82, NAN).point, ==, 1);
  g_assert_cmpint (pick_of (0.5, NAN).point, ==, 2);
  g_assert_cmpint (pick_of (0.80, 17.5e3).point, ==, 0); /* both bounds */
  g_assert_cmpint (pick_of (NAN, 100e3).point, ==, 1);   /* cost alone: the most accurate */
  g_assert_cmpint (pick_of (NAN, 16e3).point, ==, 2);
  g_assert_cmpint (pick_of (NAN, NAN).point, ==, -1);
  g_assert_cmpint (pick_of (NAN, NAN).nearest, ==, -1);
}

static void
test_pick_none (void)
{
  MixqBudgetPick pick = pick_of (0.9, NAN);

  g_assert_cmpint (pick.point, ==, -1);
  g_assert_cmpint (pick.nearest, ==, 1);
  g_assert_true (pick.lacks_accuracy && !pick.lacks_cost);
  pick = pick_of (0.9, 20e3); /* the best of what can be afforded */
  g_assert_cmpint (pick.nearest, ==, 4);
  g_assert_true (pick.lacks_accuracy && !pick.lacks_cost);
  pick = pick_of (0.5, 10e3); /* nothing can be */
  g_assert_cmpint (pick.nearest, ==, 2);
  g_assert_true (!pick.lacks_accuracy && pick.lacks_cost);
}

static void
test_shares (void)
{
  const double float_cost = 258e3;

  /* On a model its own share, between two between theirs, and back again. */
  g_assert_cmpfloat_with_epsilon (mixq_budget_share_of_cost (models, 6, float_cost, 33e3), 1 / 8.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (mixq_budget_share_of_cost (models, 6, float_cost, float_cost), 1, 1e-12);
  for (double cost = 5e3; cost < 600e3; cost *= 1.3) {
    double share = mixq_budget_share_of_cost (models, 3, float_cost, cost);

    g_assert_cmpfloat (share, >, 0);
    g_assert_cmpfloat_with_epsilon (mixq_budget_cost_of_share (models, 3, float_cost, share), cost,
                                    1e-6 * cost);
    for (guint i = 0; i < 3; i++) /* the line stands on the right side of every model */
      g_assert_true ((models[i].cost <= cost) == (models[i].share <= share * (1 + 1e-12)));
  }
  g_assert_true (isnan (mixq_budget_share_of_cost (NULL, 0, 0, 5)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/budget/parse", test_parse);
  g_test_add_func ("/budget/parse-refuses", test_parse_refuses);
  g_test_add_func ("/budget/format", test_format);
  g_test_add_func ("/budget/pick", test_pick);
  g_test_add_func ("/budget/pick-none", test_pick_none);
  g_test_add_func ("/budget/shares", test_shares);
  return g_test_run ();
}
