/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mixq-format.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

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
  case MIXQ_SLOT_SUM:
    return _ ("sum");
  case MIXQ_SLOT_POOLED:
    return _ ("pooled");
  case MIXQ_SLOT_SCORE:
    return _ ("scores");
  case MIXQ_N_SLOT_ROLES:
  default:
    g_return_val_if_reached ("");
  }
}

char *
mixq_slot_dup_part (const MixqSlotInfo *slot)
{
  g_auto (GStrv) parts = g_strsplit (slot->name, ".", -1);
  const char *part = g_strv_length (parts) == 3 ? parts[1] : "";

  if (g_str_equal (part, "neighbours"))
    return g_strdup (_ ("neighbours"));
  if (g_str_equal (part, "root"))
    /* Translators: the branch of GraphSAGE that sees the node itself. */
    return g_strdup (_ ("node itself"));
  if (g_str_equal (part, "mlp1"))
    return g_strdup (_ ("first map"));
  if (g_str_equal (part, "mlp2"))
    return g_strdup (_ ("second map"));
  if (g_str_equal (part, "attention")) /* its scores are called so already */
    return slot->role == MIXQ_SLOT_WEIGHT ? g_strdup (_ ("attention")) : NULL;
  if (g_str_has_prefix (part, "hop")) {
    guint hops = (guint) g_ascii_strtoull (part + strlen ("hop"), NULL, 10);

    /* Translators: a branch of TAG, that sees nodes so many edges away. */
    return g_strdup_printf (ngettext ("%u hop", "%u hops", hops), hops);
  }
  return *part != '\0' ? g_strdup (part) : NULL;
}

char *
mixq_layer_dup_title (const MixqModel *model, guint layer)
{
  const char *name = model->layer_names[layer - 1];
  guint number = (guint) g_ascii_strtoull (name + strcspn (name, "0123456789"), NULL, 10);
  gboolean only = layer == model->n_layers && number == 1;

  if (g_str_has_prefix (name, "conv"))
    /* Translators: a layer of the model. */
    return g_strdup_printf (_ ("Layer %u"), number);
  if (g_str_has_prefix (name, "embed"))
    /* Translators: what brings the features to the width of the layers. */
    return g_strdup (_ ("Input map"));
  if (g_str_has_prefix (name, "head"))
    /* Translators: the part of the model behind its layers, that makes the answers. */
    return only ? g_strdup (_ ("Head")) : g_strdup_printf (_ ("Head %u"), number);
  return g_strdup (name);
}

const char *
mixq_pool_title (MixqPool pool)
{
  switch (pool) {
  case MIXQ_POOL_MAX:
    return _ ("max");
  case MIXQ_POOL_MEAN:
    return _ ("mean");
  case MIXQ_POOL_SUM:
    return _ ("sum");
  default:
    g_return_val_if_reached ("");
  }
}

const char *
mixq_arch_title (MixqArch arch)
{
  /* The names that papers use; not translated. */
  static const char *const titles[MIXQ_N_ARCHS] = {
    [MIXQ_ARCH_GCN] = "GCN", [MIXQ_ARCH_GIN] = "GIN", [MIXQ_ARCH_SAGE] = "GraphSAGE",
    [MIXQ_ARCH_TAG] = "TAG", [MIXQ_ARCH_GAT] = "GAT",
  };

  g_return_val_if_fail ((guint) arch < MIXQ_N_ARCHS, "");
  return titles[arch];
}

char *
mixq_format_model (const MixqModelSpec *spec)
{
  return g_strdup_printf ("%s %u×%u", mixq_arch_title (spec->arch), spec->n_layers, spec->hidden);
}
