/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mixq-budget.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#include "base/mixq-error.h"

/* --- numbers ------------------------------------------------------------------------------------------------------------- */

MixqNumberMarks
mixq_number_marks (void)
{
  const struct lconv *conv = localeconv ();

  return (MixqNumberMarks){ conv->decimal_point, conv->thousands_sep };
}

static gboolean
is_space (gunichar c)
{
  return g_unichar_isspace (c) || c == 0x00a0 || c == 0x202f || c == 0x2009;
}

/* The characters of the number at the start of @text, without spaces; @end is what follows them. */
static char *
take_number (const char *text, const char **end)
{
  GString *number = g_string_new (NULL);
  const char *p = text;

  while (*p != '\0' && is_space (g_utf8_get_char (p)))
    p = g_utf8_next_char (p);
  *end = p;
  for (; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    if (g_ascii_isdigit (*p) || c == '.' || c == ',' || c == '\'' || c == 0x2019)
      g_string_append_c (number, c == 0x2019 ? '\'' : (char) c);
    else if (!is_space (c) || number->len == 0)
      break;
    if (!is_space (c))
      *end = g_utf8_next_char (p);
  }
  return g_string_free (number, FALSE);
}

static guint
count_mark (const char *number, char mark)
{
  guint n = 0;

  for (; *number != '\0'; number++)
    n += *number == mark;
  return n;
}

/* Which of '.' and ',' is decimal in @number; 0: neither. */
static char
find_decimal (const char *number, const MixqNumberMarks *marks)
{
  const char *point = strrchr (number, '.'), *comma = strrchr (number, ',');
  const char *last = point == NULL ? comma : comma == NULL ? point : MAX (point, comma);
  gboolean groups;

  if (last == NULL)
    return 0;
  if (point != NULL && comma != NULL)
    return count_mark (number, *last) == 1 ? *last : 0;
  if (count_mark (number, *last) > 1)
    return 0;
  groups = marks->grouping != NULL && marks->grouping[0] == *last && marks->grouping[1] == '\0' &&
           strspn (last + 1, "0123456789") == 3 && last[4] == '\0' && last > number && number[0] != '0';
  return groups ? 0 : *last;
}

static gboolean
read_number (const char *number, const MixqNumberMarks *marks, double *value)
{
  char decimal = find_decimal (number, marks);
  GString *plain = g_string_new (NULL);
  char *end;
  gboolean good;

  for (const char *p = number; *p != '\0'; p++) {
    if (g_ascii_isdigit (*p))
      g_string_append_c (plain, *p);
    else if (*p == decimal)
      g_string_append_c (plain, '.');
  }
  *value = g_ascii_strtod (plain->str, &end);
  good = plain->len > 0 && end != plain->str && *end == '\0' && isfinite (*value);
  g_string_free (plain, TRUE);
  return good;
}

/* --- units --------------------------------------------------------------------------------------------------------------- */

/* A power of 1000 (1024 with "i") at the start of @unit, which is in lower case; @rest is what follows. */
static double
take_prefix (const char *unit, const char **rest)
{
  static const char letters[] = "kmgt";
  const char *found = *unit != '\0' ? strchr (letters, *unit) : NULL;
  double power = 1, base = 1000;

  *rest = unit;
  if (found == NULL)
    return 1;
  (*rest)++;
  if (**rest == 'i') {
    base = 1024;
    (*rest)++;
  }
  for (const char *p = letters; p <= found; p++)
    power *= base;
  return power;
}

static gboolean
counts_operations (MixqCostAxis axis)
{
  return axis == MIXQ_COST_BITOPS || axis == MIXQ_COST_EXECUTED || axis == MIXQ_COST_PRODUCT;
}

/* Milliseconds of a unit of time; 0 for none. */
static double
milliseconds (const char *unit)
{
  if (strcmp (unit, "ms") == 0)
    return 1;
  if (strcmp (unit, "us") == 0 || strcmp (unit, "µs") == 0 || strcmp (unit, "μs") == 0)
    return 1e-3;
  return strcmp (unit, "s") == 0 ? 1e3 : 0;
}

static gboolean
is_one_of (const char *text, const char *const *names)
{
  return g_strv_contains (names, text);
}

/* What @unit (lower case, not empty) makes of @value. */
static gboolean
apply_unit (const char *unit, MixqCostAxis axis, double float_cost, double value, MixqGoal *goal)
{
  static const char *const times[] = { "x", "×", "times", "mal", NULL },
                           *const bytes[] = { "b", "byte", "bytes", NULL },
                           *const operations[] = { "bitops", "bitop", "ops", "op", NULL };
  const char *rest;
  double power;

  if (strcmp (unit, "%") == 0 || strcmp (unit, "percent") == 0) {
    *goal = (MixqGoal){ MIXQ_GOAL_ACCURACY, axis, value / 100 };
    return TRUE;
  }
  goal->kind = MIXQ_GOAL_COST;
  goal->axis = axis;
  if (is_one_of (unit, times)) {
    goal->limit = float_cost / value;
    return float_cost > 0 && value > 0;
  }
  if (milliseconds (unit) > 0) {
    goal->axis = MIXQ_COST_MS;
    goal->limit = value * milliseconds (unit);
    return TRUE;
  }
  power = take_prefix (unit, &rest);
  goal->limit = value * power;
  if (is_one_of (rest, bytes)) {
    goal->axis = MIXQ_COST_BYTES;
    return TRUE;
  }
  if (is_one_of (rest, operations)) {
    goal->axis = counts_operations (axis) ? axis : MIXQ_COST_BITOPS;
    return TRUE;
  }
  return *rest == '\0' && axis != MIXQ_COST_MS; /* "1.2 G" of whatever the axis counts */
}

static gboolean
check_goal (const MixqGoal *goal, const char *text, GError **error)
{
  if (goal->kind == MIXQ_GOAL_ACCURACY && !(goal->limit > 0 && goal->limit <= 1)) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE,
                 _ ("“%s” is no accuracy: write a percentage above 0 and up to 100"), text);
    return FALSE;
  }
  if (!(goal->limit > 0) || !isfinite (goal->limit)) {
    g_set_error (error, MIXQ_ERROR, MIXQ_ERROR_VALUE, _ ("“%s” is no budget: it must be more than nothing"),
                 text);
    return FALSE;
  }
  return TRUE;
}

gboolean
mixq_goal_parse (const char *text,
                 MixqGoalKind hint,
                 MixqCostAxis axis,
                 double float_cost,
                 const MixqNumberMarks *marks,
                 MixqGoal *goal,
                 GError **error)
{
  const char *after;
  g_autofree char *number = take_number (text, &after), *unit = NULL;
  MixqGoal read = { hint, axis, 0 };
  double value = 0;
  gboolean good = read_number (number, marks, &value);

  unit = g_utf8_strdown (after, -1);
  g_strstrip (unit);
  if (good && *unit == '\0')
    read.limit = hint == MIXQ_GOAL_ACCURACY && value > 1 ? value / 100 : value;
  else if (good)
    good = apply_unit (unit, axis, float_cost, value, &read);
  if (!good) {
    g_set_error (
        error, MIXQ_ERROR, MIXQ_ERROR_PARSE,
        _ ("“%s” is no budget: write an accuracy (80 %%), a size (64 kB), bit operations (1.2 GBitOPs), a "
           "time (0.5 ms) or a factor (15×)"),
        text);
    return FALSE;
  }
  if (!check_goal (&read, text, error))
    return FALSE;
  *goal = read;
  return TRUE;
}

/* Three significant digits, without zeros that say nothing. */
static char *
format_short (double value)
{
  int digits = value <= 0 ? 0 : (int) CLAMP (2 - floor (log10 (value) + 1e-9), 0, 6);
  g_autofree char *text = g_strdup_printf ("%.*f", digits, value);
  const char *decimal = localeconv ()->decimal_point;

  if (strstr (text, decimal) != NULL) {
    while (g_str_has_suffix (text, "0"))
      text[strlen (text) - 1] = '\0';
    if (g_str_has_suffix (text, decimal))
      text[strlen (text) - strlen (decimal)] = '\0';
  }
  return g_steal_pointer (&text);
}

static char *
format_scaled (double value, const char *unit)
{
  static const char *const prefixes[] = { "", "k", "M", "G", "T" };
  guint i = 0;
  g_autofree char *number = NULL;

  for (; value >= 999.5 && i + 1 < G_N_ELEMENTS (prefixes); i++)
    value /= 1000;
  number = format_short (value);
  return g_strdup_printf ("%s %s%s", number, prefixes[i], unit);
}

char *
mixq_goal_format (const MixqGoal *goal)
{
  g_autofree char *number = NULL;

  if (goal->kind == MIXQ_GOAL_ACCURACY) {
    number = format_short (100 * goal->limit);
    return g_strdup_printf ("%s %%", number);
  }
  if (goal->axis == MIXQ_COST_BYTES)
    return format_scaled (goal->limit, "B");
  if (goal->axis != MIXQ_COST_MS)
    return format_scaled (goal->limit, "BitOPs");
  number = format_short (goal->limit);
  return g_strdup_printf ("%s ms", number);
}

/* --- picking ------------------------------------------------------------------------------------------------------------- */

gboolean
mixq_budget_is_none (const MixqBudget *self)
{
  return isnan (self->accuracy) && isnan (self->cost);
}

static gboolean
same_bound (double a, double b)
{
  return isnan (a) ? isnan (b) : a == b;
}

gboolean
mixq_budget_equal (const MixqBudget *a, const MixqBudget *b)
{
  return same_bound (a->accuracy, b->accuracy) && same_bound (a->cost, b->cost) &&
         (isnan (a->cost) || a->axis == b->axis);
}

static gboolean
is_accurate (const MixqBudget *self, const MixqBudgetPoint *point)
{
  return isnan (self->accuracy) || point->accuracy >= self->accuracy;
}

static gboolean
is_affordable (const MixqBudget *self, const MixqBudgetPoint *point)
{
  return isnan (self->cost) || point->cost <= self->cost;
}

static gboolean
is_cheaper (const MixqBudgetPoint *a, const MixqBudgetPoint *b)
{
  return a->share < b->share || (a->share == b->share && a->accuracy > b->accuracy);
}

static gboolean
is_better (const MixqBudgetPoint *a, const MixqBudgetPoint *b)
{
  return a->accuracy > b->accuracy || (a->accuracy == b->accuracy && a->share < b->share);
}

static void
find_nearest (const MixqBudget *self, const MixqBudgetPoint *points, gsize n_points, MixqBudgetPick *pick)
{
  for (gsize i = 0; i < n_points; i++) {
    const MixqBudgetPoint *best = pick->nearest >= 0 ? &points[pick->nearest] : NULL;
    gboolean affordable = is_affordable (self, &points[i]);

    if (isnan (points[i].accuracy) || (!isnan (self->cost) && isnan (points[i].cost)))
      continue;
    if (best == NULL || (affordable ? !is_affordable (self, best) || is_better (&points[i], best)
                                    : !is_affordable (self, best) && points[i].cost < best->cost))
      pick->nearest = (gssize) i;
  }
  if (pick->nearest >= 0) {
    pick->lacks_accuracy = !is_accurate (self, &points[pick->nearest]);
    pick->lacks_cost = !is_affordable (self, &points[pick->nearest]);
  }
}

void
mixq_budget_pick (const MixqBudget *self, const MixqBudgetPoint *points, gsize n_points, MixqBudgetPick *pick)
{
  *pick = (MixqBudgetPick){ -1, -1, FALSE, FALSE };
  if (mixq_budget_is_none (self))
    return;
  for (gsize i = 0; i < n_points; i++) {
    const MixqBudgetPoint *best = pick->point >= 0 ? &points[pick->point] : NULL;

    if (isnan (points[i].accuracy) || !is_accurate (self, &points[i]) || !is_affordable (self, &points[i]))
      continue;
    if (best == NULL ||
        (isnan (self->accuracy) ? is_better (&points[i], best) : is_cheaper (&points[i], best)))
      pick->point = (gssize) i;
  }
  if (pick->point < 0)
    find_nearest (self, points, n_points, pick);
}

/* --- costs and shares ------------------------------------------------------------------------------------------------------ */

typedef struct
{
  double share, cost; /* logarithms */
} Knot;

/* The nearest models below and above @value, by cost or by share; float32 is one of them. */
static void
find_knots (const MixqBudgetPoint *points,
            gsize n_points,
            double float_cost,
            gboolean by_cost,
            double value,
            Knot *below,
            Knot *above)
{
  *below = *above = (Knot){ NAN, NAN };
  for (gsize i = 0; i <= n_points; i++) {
    double share = i < n_points ? points[i].share : 1, cost = i < n_points ? points[i].cost : float_cost;
    Knot knot = { log (share), log (cost) };
    double at = by_cost ? knot.cost : knot.share;

    if (!(share > 0) || !(cost > 0))
      continue;
    if (at <= value && (isnan (below->cost) || at > (by_cost ? below->cost : below->share)))
      *below = knot;
    if (at >= value && (isnan (above->cost) || at < (by_cost ? above->cost : above->share)))
      *above = knot;
  }
}

double
mixq_budget_share_of_cost (const MixqBudgetPoint *points, gsize n_points, double float_cost, double cost)
{
  double value = log (cost), span;
  Knot below, above;

  find_knots (points, n_points, float_cost, TRUE, value, &below, &above);
  if (isnan (below.cost) && isnan (above.cost))
    return NAN;
  if (isnan (below.cost))
    return exp (above.share + value - above.cost);
  if (isnan (above.cost))
    return exp (below.share + value - below.cost);
  span = above.cost - below.cost;
  return exp (below.share + (span > 0 ? (value - below.cost) / span : 0) * (above.share - below.share));
}

double
mixq_budget_cost_of_share (const MixqBudgetPoint *points, gsize n_points, double float_cost, double share)
{
  double value = log (share), span;
  Knot below, above;

  find_knots (points, n_points, float_cost, FALSE, value, &below, &above);
  if (isnan (below.cost) && isnan (above.cost))
    return NAN;
  if (isnan (below.cost))
    return exp (above.cost + value - above.share);
  if (isnan (above.cost))
    return exp (below.cost + value - below.share);
  span = above.share - below.share;
  return exp (below.cost + (span > 0 ? (value - below.share) / span : 0) * (above.cost - below.cost));
}
