/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mixq-format.h"

#include <glib/gi18n.h>
#include <math.h>

/* Typographic minus: the hyphen of printf is too short beside tabular figures. */
static char *
with_minus (char *text)
{
  char *result;

  if (text[0] != '-')
    return text;
  result = g_strconcat ("−", text + 1, NULL);
  g_free (text);
  return result;
}

char *
mixq_format_price (double lambda)
{
  double size = fabs (lambda);
  int digits;

  if (lambda == 0.0)
    return g_strdup ("0");
  if (size < 1e-4)
    return with_minus (g_strdup_printf ("%.0e", lambda));
  digits = (int) CLAMP (1.0 - floor (log10 (size) + 1e-9), 1.0, 5.0);
  if (size >= 0.1 && digits < 2)
    digits = size < 1.0 ? 2 : 1;
  return with_minus (g_strdup_printf ("%.*f", digits, lambda));
}

char *
mixq_format_times (double share)
{
  double times = share > 0.0 ? 1.0 / share : 0.0;

  return g_strdup_printf (times >= 99.95 ? "%.0f" : "%.1f", times);
}

char *
mixq_format_percent (double fraction)
{
  if (isnan (fraction))
    return g_strdup ("–");
  return g_strdup_printf ("%.1f", 100.0 * fraction);
}

char *
mixq_format_points (double difference)
{
  double points = 100.0 * difference;

  if (isnan (points))
    return g_strdup ("–");
  if (fabs (points) < 0.05)
    return g_strdup_printf ("±%.1f", 0.0);
  return with_minus (g_strdup_printf ("%+.1f", points));
}

static char *
scaled (double value, double step, const char *const *units, guint n_units)
{
  guint unit = 0;

  while (value >= 999.5 && unit + 1 < n_units) {
    value /= step;
    unit++;
  }
  if (units[unit][0] == '\0')
    return g_strdup_printf ("%.0f", value);
  return g_strdup_printf (value < 9.95 ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

char *
mixq_format_count (double count)
{
  static const char *const units[] = { "", "k", "M", "G", "T" };

  return scaled (count, 1000.0, units, G_N_ELEMENTS (units));
}

char *
mixq_format_bytes (double bytes)
{
  static const char *const units[] = { "B", "kB", "MB", "GB" };

  if (bytes < 999.5)
    return g_strdup_printf ("%.0f B", bytes);
  return scaled (bytes, 1000.0, units, G_N_ELEMENTS (units));
}

char *
mixq_format_ms (double milliseconds)
{
  if (isnan (milliseconds))
    return g_strdup ("–");
  return g_strdup_printf (milliseconds < 0.095  ? "%.2f ms"
                          : milliseconds < 99.5 ? "%.1f ms"
                                                : "%.0f ms",
                          milliseconds);
}

char *
mixq_format_bits (const guint8 *bits, guint n, guint max)
{
  GString *text = g_string_new (NULL);
  guint shown = max > 0 ? MIN (n, max) : n;

  for (guint i = 0; i < shown; i++)
    g_string_append_printf (text, i > 0 ? " %u" : "%u", bits[i]);
  if (shown < n)
    g_string_append (text, " …");
  return g_string_free (text, FALSE);
}

char *
mixq_format_share (double share)
{
  double percent = 100.0 * share;

  if (percent < 0.05)
    return g_strdup ("0 %");
  return g_strdup_printf ("%.1f %%", percent);
}

const char *
mixq_axis_title (MixqCostAxis axis)
{
  switch (axis) {
  case MIXQ_COST_BITOPS:
    return _ ("BitOPs");
  case MIXQ_COST_EXECUTED:
    return _ ("Executed");
  case MIXQ_COST_PRODUCT:
    return _ ("Product");
  case MIXQ_COST_BYTES:
    return _ ("Bytes");
  case MIXQ_COST_MS:
    return _ ("ms");
  case MIXQ_N_COST_AXES:
  default:
    g_return_val_if_reached ("");
  }
}

const char *
mixq_axis_fewer (MixqCostAxis axis)
{
  switch (axis) {
  case MIXQ_COST_BITOPS:
    return _ ("fewer BitOPs");
  case MIXQ_COST_EXECUTED:
    return _ ("fewer executed bit operations");
  case MIXQ_COST_PRODUCT:
    return _ ("fewer bit products");
  case MIXQ_COST_BYTES:
    return _ ("fewer bytes");
  case MIXQ_COST_MS:
    return _ ("less time");
  case MIXQ_N_COST_AXES:
  default:
    g_return_val_if_reached ("");
  }
}

const char *
mixq_slot_kind (MixqSlotRole role)
{
  switch (role) {
  case MIXQ_SLOT_INPUT:
    return _ ("features");
  case MIXQ_SLOT_WEIGHT:
    return _ ("weights");
  case MIXQ_SLOT_PRODUCT:
    return _ ("product");
  case MIXQ_SLOT_ADJACENCY:
    return _ ("adjacency");
  case MIXQ_SLOT_AGGREGATE:
    return _ ("gathered");
  default:
    g_return_val_if_reached ("");
  }
}
