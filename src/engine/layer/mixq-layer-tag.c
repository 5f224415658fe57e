/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "layer/mixq-layer.h"

static const char *const marks[] = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸" };
G_STATIC_ASSERT (G_N_ELEMENTS (marks) == MIXQ_MAX_HOPS + 1);

/* All hops multiply by the same A^, so they share one slot for it. */
static int
hop (MixqModelBuilder *builder, int value, guint number, int *adjacency)
{
  g_autofree char *part = g_strdup_printf ("hop%u", number);
  int next = mixq_model_builder_propagate (
      builder, value, MIXQ_EDGES_GCN,
      &(MixqWiring){ .part = part, .mark = marks[number], .shared_slot = *adjacency });

  *adjacency = 1 + g_array_index (builder->units, MixqUnit, builder->units->len - 1).slot_operand;
  return next;
}

int
mixq_layer_tag (MixqModelBuilder *builder, int input, gsize out_cols, gboolean is_hidden)
{
  const MixqModelSpec *spec = &builder->model->spec;
  int value = mixq_layer_dense (builder, input), branch[MIXQ_MAX_INPUTS], adjacency = 0;

  for (guint h = 0; h <= spec->hops; h++) {
    g_autofree char *part = g_strdup_printf ("hop%u", h);

    if (h > 0)
      value = hop (builder, value, h, &adjacency);
    branch[h] = mixq_model_builder_linear (builder, value, out_cols,
                                           &(MixqWiring){ .part = part, .mark = marks[h] });
  }
  value = mixq_model_builder_add (builder, branch, spec->hops + 1, "sum");
  return is_hidden && spec->batch_norm ? mixq_model_builder_batch_norm (builder, value, "norm") : value;
}
